import tseslint from 'typescript-eslint'

export default tseslint.config(
  // The example for jest has a tsconfig of its own, which finds the package once it is installed: test/examples.
  { ignores: ['build/', 'dist/', 'node_modules/', '**/*.js', 'examples/testing/jest/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // An FdbFuture is a thenable: dropping one on the floor is as wrong as dropping a promise.
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      // Synchronous functions implement asynchronous interfaces, and generators implement tasks.
      '@typescript-eslint/require-await': 'off',
      'require-yield': 'off',
      '@typescript-eslint/no-empty-object-type': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'prefer-const': 'error',
      'no-var': 'error',
    },
  },
  {
    // What decides by the ambient clock or chance cannot be replayed from a seed.
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**', 'src/native/environment/environment.ts', 'src/**/environment.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use the Environment that is passed in.' },
        { object: 'Date', property: 'now', message: 'Use the Environment that is passed in.' },
        {
          object: 'performance',
          property: 'now',
          message: 'Use the Environment that is passed in.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'soak/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
)
