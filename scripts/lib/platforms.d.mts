export const platforms: readonly { readonly name: string }[]
export function packageName(platform: { readonly name: string }): string
