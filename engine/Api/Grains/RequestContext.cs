using System.Collections.Immutable;

namespace Orleans.Runtime;

/// <summary>Values that travel with a call, and with the calls made while it runs. They do not travel back.</summary>
public static class RequestContext
{
    private static readonly AsyncLocal<ImmutableDictionary<string, object>?> Local = new();

    public static IEnumerable<string> Keys => Values.Keys;

    public static IEnumerable<KeyValuePair<string, object>> Entries => Values;

    internal static ImmutableDictionary<string, object>? Current
    {
        get => Local.Value;
        set => Local.Value = value;
    }

    private static ImmutableDictionary<string, object> Values => Local.Value ?? ImmutableDictionary<string, object>.Empty;

    public static object? Get(string key) => Values.GetValueOrDefault(key);

    public static void Set(string key, object value) => Local.Value = Values.SetItem(key, value);

    public static bool Remove(string key)
    {
        var had = Values.ContainsKey(key);
        if (had)
            Local.Value = Values.Remove(key);
        return had;
    }

    public static void Clear()
    {
        if (Local.Value is not null)
            Local.Value = null;
    }
}
