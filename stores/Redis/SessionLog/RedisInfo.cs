using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>What a server says of itself.</summary>
internal sealed class RedisInfo
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    private RedisInfo(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var at) values[line[..at]] = line[(at + 1)..];
        }
    }

    /// <summary>Null: this server does not tell.</summary>
    public string? this[string name] => values.GetValueOrDefault(name);

    public static async Task<RedisInfo> ReadAsync(IServer server, string section) =>
        new((string?)await server.ExecuteAsync("INFO", section).ConfigureAwait(false) ?? "");
}
