// Before `npm publish` in the checkout: the manifest here is not the one to publish, since it names no prebuilt packages.
console.error('fdbkit: publish the files that `npm run pack:platforms` puts into build/packages')
process.exitCode = 1
