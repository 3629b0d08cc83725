using System.Collections.Immutable;
using System.Globalization;

namespace ToolRuntime.Jobs;

/// <summary>In which part of a tenant's list a session's jobs are, so that no part has to be written whole for all of them.</summary>
public static class JobLists
{
    /// <summary>Parts of a tenant's list. Never to be changed: what is kept is found by it.</summary>
    public const int Parts = 8;

    /// <summary>The key of the <see cref="IJobListGrain"/> of a session.</summary>
    public static string KeyOf(SessionKey session)
    {
        ArgumentNullException.ThrowIfNull(session.Session);
        var hash = 2166136261u;
        foreach (var c in session.Session) hash = (hash ^ c) * 16777619u;
        return Key(session.Tenant, (int)(hash % Parts));
    }

    /// <summary>The keys of all parts of a tenant's list.</summary>
    public static ImmutableArray<string> KeysOf(string tenant) => [.. Enumerable.Range(0, Parts).Select(part => Key(tenant, part))];

    private static string Key(string tenant, int part) => string.Create(CultureInfo.InvariantCulture, $"{tenant}/{part}");
}
