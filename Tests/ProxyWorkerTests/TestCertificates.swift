import BundleConfig

/// Two self-signed certificates of the tests' own, good for a hundred years and for nothing else.
enum TestCertificates {
    static let a = ProxyConfiguration.Certificate(
        names: ["a.test", "localhost"], chain: aChain, key: Secret(aKey))
    static let b = ProxyConfiguration.Certificate(names: ["b.test"], chain: bChain, key: Secret(bKey))

    static let aChain = """
        -----BEGIN CERTIFICATE-----
        MIIBnjCCAUOgAwIBAgIUSGZp1s7PLyYhHZoVAWDrwoCKxH0wCgYIKoZIzj0EAwIw
        ETEPMA0GA1UEAwwGYS50ZXN0MCAXDTI2MTEyNDE3MzIzNVoYDzIxMjYxMDMxMTcz
        MjM1WjARMQ8wDQYDVQQDDAZhLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AASeRYDEN40oJSCeLVZrCsEss82aHQ17I64n0Nb3Fxbyc7hly/w6jyOoNDkm8Ns0
        QY0XvuO6mK+6YoYvU1gYHs0Wo3cwdTAdBgNVHQ4EFgQUJYcpcOXsF2Pf7zOTRVtY
        FGyDv94wHwYDVR0jBBgwFoAUJYcpcOXsF2Pf7zOTRVtYFGyDv94wDwYDVR0TAQH/
        BAUwAwEB/zAiBgNVHREEGzAZggZhLnRlc3SCCWxvY2FsaG9zdIcEfwAAATAKBggq
        hkjOPQQDAgNJADBGAiEA5FO/W90wG2IhKCShha0pSzw9mlelRgrNlx8lhGK/KAAC
        IQD/Pu932gsH9RKqoRYfAU+BVDwPit4iSz5Zb0XslpK3sA==
        -----END CERTIFICATE-----
        """

    private static let aKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglNzPHgndL9z71+fq
        zTKP0YmYyrsQ9qStU9ypRHFuu56hRANCAASeRYDEN40oJSCeLVZrCsEss82aHQ17
        I64n0Nb3Fxbyc7hly/w6jyOoNDkm8Ns0QY0XvuO6mK+6YoYvU1gYHs0W
        -----END PRIVATE KEY-----
        """

    static let bChain = """
        -----BEGIN CERTIFICATE-----
        MIIBnTCCAUOgAwIBAgIUITqa+YnDy6C1hnMDjZCQe4tp0wIwCgYIKoZIzj0EAwIw
        ETEPMA0GA1UEAwwGYi50ZXN0MCAXDTI2MTEyNDE3MzIzNVoYDzIxMjYxMDMxMTcz
        MjM1WjARMQ8wDQYDVQQDDAZiLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AARAa8Mmd1ZM2IUXn6OElOOMFsLeavMFI9zTf4wr7oea3ZxmaVafBt6qeJoW4zuP
        STW1j+HPWdLG0HwU7WzE0lato3cwdTAdBgNVHQ4EFgQUNInMgymdcrHeypLkhTVS
        eRR2pS4wHwYDVR0jBBgwFoAUNInMgymdcrHeypLkhTVSeRR2pS4wDwYDVR0TAQH/
        BAUwAwEB/zAiBgNVHREEGzAZggZiLnRlc3SCCWxvY2FsaG9zdIcEfwAAATAKBggq
        hkjOPQQDAgNIADBFAiEAjV9zdBjANb5NS6eTmykWy9ToAlNGW0Z1oTZA2EEhzrMC
        IBnpBXNvZSKMZ3xuteoHyf87RF0LU1BYGEki+qGD2zgr
        -----END CERTIFICATE-----
        """

    private static let bKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWUxowdfJ2EwtCPL/
        3E7wyoE528YhFCqoq2stKbUrE6WhRANCAARAa8Mmd1ZM2IUXn6OElOOMFsLeavMF
        I9zTf4wr7oea3ZxmaVafBt6qeJoW4zuPSTW1j+HPWdLG0HwU7WzE0lat
        -----END PRIVATE KEY-----
        """
}
