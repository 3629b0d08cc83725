using System.Collections.Immutable;

namespace ToolRuntime.Events;

/// <summary>The session's parameters were merged; <paramref name="Parameters"/> is the whole result.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionConfigured")]
public sealed record SessionConfigured(JsonText Parameters, string By) : SessionEvent;

/// <summary>The session's members besides its owner are now <paramref name="Subjects"/>.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionShared")]
public sealed record SessionShared(ImmutableArray<string> Subjects, string By) : SessionEvent;

/// <summary>Messages and batches are gone; parameters stay and seq goes on.</summary>
/// <param name="By">Who did it.</param>
/// <param name="Title">Empty where the session's title goes too, because it came from what is gone.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionReset")]
public sealed record SessionReset(string By, string? Title = null) : SessionEvent;

/// <summary>The session is called <paramref name="Title"/>; empty: it has no title.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionRenamed")]
public sealed record SessionRenamed(string Title, string By) : SessionEvent;
