import { NetworkOptionCode as Main } from '../native/generated/network-options.ts'

/**
 * The codes of the network options, with node-foundationdb's spelling of TLS beside the main one.
 *
 * @example console.log(NetworkOptionCode.TLSCaPath === NetworkOptionCode.TlsCaPath) // true
 */
export const NetworkOptionCode = {
  ...Main,
  TLSPlugin: Main.TlsPlugin,
  TLSCertBytes: Main.TlsCertBytes,
  TLSCertPath: Main.TlsCertPath,
  TLSKeyBytes: Main.TlsKeyBytes,
  TLSKeyPath: Main.TlsKeyPath,
  TLSVerifyPeers: Main.TlsVerifyPeers,
  TLSCaBytes: Main.TlsCaBytes,
  TLSCaPath: Main.TlsCaPath,
  TLSPassword: Main.TlsPassword,
} as const
