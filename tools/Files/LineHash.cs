using System.Security.Cryptography;
using System.Text;

namespace ToolRuntime.Tools.Files;

/// <summary>What stands for lines where a caller says which it means. Line ends don't count, nor whether the last line has one.</summary>
internal static class LineHash
{
    private const string Prefix = "sha256:";
    private const int Digits = 16;

    public static string Of(string lines) =>
        Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Plain(lines))))[..Digits];

    /// <summary>Whether <paramref name="expected"/> is those lines, or their hash.</summary>
    public static bool Matches(string lines, string expected) => IsHash(expected) ? Of(lines) == expected : Plain(lines) == Plain(expected);

    public static bool IsHash(string expected) =>
        expected.Length == Prefix.Length + Digits && expected.StartsWith(Prefix, StringComparison.Ordinal);

    private static string Plain(string lines)
    {
        var plain = lines.Replace("\r\n", "\n", StringComparison.Ordinal);
        return plain.EndsWith('\n') ? plain[..^1] : plain;
    }
}
