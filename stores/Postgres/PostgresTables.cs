namespace ToolRuntime.Stores.Postgres;

/// <summary>Tables that belong together.</summary>
/// <param name="What">What they are, in words for a client.</param>
/// <param name="Name">What their names begin with.</param>
/// <param name="Lock">Taken by who makes them, one at a time.</param>
/// <param name="Version">The newest that this program knows.</param>
/// <param name="Schema">Makes them.</param>
internal sealed record PostgresTables(string What, string Name, long Lock, int Version, string Schema);
