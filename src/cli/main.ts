#!/usr/bin/env node
console.log('fdbkit')
