using System.Buffers;

namespace ToolRuntime.Runners;

/// <summary>
/// A well-known shape of secret: a prefix at the start of a word, then at least so many characters of an alphabet, and all that follow.
/// </summary>
internal sealed record TokenPattern(byte[] Prefix, SearchValues<byte> Alphabet, int MinBody)
{
    /// <summary>Whether the prefix may also be the end of a word, as in <c>DB_PASSWORD=</c>.</summary>
    public bool InWord { get; init; }

    private static readonly SearchValues<byte> Word = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);
    private static readonly SearchValues<byte> Jwt = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."u8);
    private static readonly SearchValues<byte> Upper = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8);
    private static readonly SearchValues<byte> Pem = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\\"u8);

    /// <summary>API keys of model providers, forges and clouds, JSON web tokens, private keys.</summary>
    public static IReadOnlyList<TokenPattern> Common { get; } =
    [
        new("sk-"u8.ToArray(), Word, 20),
        new("AIza"u8.ToArray(), Word, 35),
        new("ghp_"u8.ToArray(), Word, 30),
        new("gho_"u8.ToArray(), Word, 30),
        new("ghs_"u8.ToArray(), Word, 30),
        new("ghu_"u8.ToArray(), Word, 30),
        new("github_pat_"u8.ToArray(), Word, 22),
        new("glpat-"u8.ToArray(), Word, 20),
        new("xoxb-"u8.ToArray(), Word, 20),
        new("xoxp-"u8.ToArray(), Word, 20),
        new("AKIA"u8.ToArray(), Upper, 16),
        new("ASIA"u8.ToArray(), Upper, 16),
        new("eyJhbGciOi"u8.ToArray(), Jwt, 20),
        new("eyJ0eXAiOi"u8.ToArray(), Jwt, 20),
        new("-----BEGIN PRIVATE KEY-----"u8.ToArray(), Pem, 32),
        new("-----BEGIN RSA PRIVATE KEY-----"u8.ToArray(), Pem, 32),
        new("-----BEGIN EC PRIVATE KEY-----"u8.ToArray(), Pem, 32),
        new("-----BEGIN OPENSSH PRIVATE KEY-----"u8.ToArray(), Pem, 32),
    ];
}
