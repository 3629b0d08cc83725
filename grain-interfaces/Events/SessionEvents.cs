using System.Collections.Immutable;

namespace ToolRuntime.Events;

/// <summary>The session's parameters were merged; <paramref name="Parameters"/> is the whole result.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionConfigured")]
public sealed record SessionConfigured(JsonText Parameters, string By) : SessionEvent;

/// <summary>The session's members besides its owner are now <paramref name="Subjects"/>.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionShared")]
public sealed record SessionShared(ImmutableArray<string> Subjects, string By) : SessionEvent;

/// <summary>Messages and batches are gone; parameters stay and seq goes on.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionReset")]
public sealed record SessionReset(string By) : SessionEvent;
