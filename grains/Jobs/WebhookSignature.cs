using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ToolRuntime.Jobs;

/// <summary>Signs as Standard Webhooks has it (standardwebhooks.com): HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const int Fewest = 24;
    private const int Most = 64;

    /// <summary>The three headers of a message.</summary>
    public static IReadOnlyDictionary<string, string> Headers(string id, DateTimeOffset now, string body, string secret)
    {
        if (!TryReadSecret(secret, out var key)) throw new ArgumentException("The secret is unusable.", nameof(secret));
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["webhook-id"] = id,
            ["webhook-timestamp"] = timestamp,
            ["webhook-signature"] = $"v1,{Convert.ToBase64String(signed)}",
        };
    }

    public static bool TryReadSecret(string secret, out byte[] key)
    {
        key = new byte[Most];
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal) || !Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) || length < Fewest) return false;
        key = key[..length];
        return true;
    }
}
