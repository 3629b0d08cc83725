using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Watching;

/// <summary>Places in feeds as clients keep them: good for the same subject with the same reach, and for nobody else.</summary>
internal static class WatchCursor
{
    public static string Of(FeedPlace place, Identity identity) => string.Create(CultureInfo.InvariantCulture, $"{place.Epoch}:{place.Number}:{MarkOf(identity)}");

    /// <summary>The place; null where the text is no cursor of that subject's.</summary>
    public static FeedPlace? Parse(string? text, Identity identity) =>
        text?.Split(':') is [var epoch, var digits, var mark] && mark == MarkOf(identity) && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(epoch, number)
            : null;

    private static string MarkOf(Identity identity) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{identity.Tenant}/{identity.Subject}/{identity.AllSessions}")).AsSpan(0, 4));
}
