using System.Collections.Immutable;
using System.Text.Json;
using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>A log's header as the scripts give it.</summary>
/// <param name="Log">What callers get of it.</param>
/// <param name="OpenWork">Whether its last header change said so.</param>
/// <param name="Bytes">What its entries hold.</param>
/// <param name="Version">Higher with each change of <paramref name="Bytes"/>.</param>
/// <param name="Before">The token that was taken over, if any.</param>
internal sealed record StoredHeader(LogHeader Log, bool OpenWork, long Bytes, long Version, string? Before)
{
    /// <summary>Null: there is no such log.</summary>
    public static StoredHeader? Read(RedisResult result)
    {
        var values = (RedisResult[])result!;
        if (values.Length == 0) return null;

        var header = new LogHeader((string)values[0]!, (long)values[1], (long)values[2], (string)values[3]!, Members((string?)values[4]),
            (string?)values[8]);
        return new(header, (string?)values[5] == "1", (long)values[6], (long)values[7], values.Length > 9 ? (string?)values[9] : null);
    }

    /// <summary>A label as the header keeps it; nothing for none.</summary>
    public static string Stored(SessionLabel? label) => label is null ? "" : JsonSerializer.Serialize<string?[]>([label.Title, label.Activity.ToString()]);

    /// <summary>The label that was kept; null where none was.</summary>
    public static SessionLabel? Label(string? stored) =>
        stored is null || JsonSerializer.Deserialize<string?[]>(stored) is not [var title, { } activity] ? null : new(title, Enum.Parse<SessionActivity>(activity));

    /// <summary>Members as the header has them; none where it has nothing.</summary>
    public static ImmutableArray<string> Members(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize<ImmutableArray<string>>(json);
}
