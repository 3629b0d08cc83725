using System.Globalization;
using System.Text.Json;
using ToolRuntime.Shares;

namespace ToolRuntime.Gateway.Sharing;

/// <summary>Links as clients get them; never with their tokens' hashes.</summary>
internal static class ShareJson
{
    /// <summary>The members of one that is listed.</summary>
    public static void WriteMembers(Utf8JsonWriter json, Share share)
    {
        json.WriteString("shareId", share.Id);
        json.WriteString("by", share.By);
        if (share.Label is { } label) json.WriteString("label", label);
        json.WriteString("createdAt", Time(share.CreatedAt));
        WriteReach(json, share);
    }

    /// <summary>What is shared, and until when.</summary>
    public static void WriteReach(Utf8JsonWriter json, Share share)
    {
        json.WriteString("expiresAt", Time(share.ExpiresAt));
        if (share.Execution is { } execution) json.WriteString("executionId", execution);
        if (share.From is { } from) json.WriteNumber("from", from);
        if (share.To is { } to) json.WriteNumber("to", to);
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
