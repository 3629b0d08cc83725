using System.Collections;
using System.Collections.Immutable;

namespace ToolRuntime.Machines;

/// <summary>Which state may follow which on which trigger. What is not in it is refused.</summary>
internal sealed class TransitionTable<TStatus, TKind> : IEnumerable<KeyValuePair<(TStatus From, TKind Trigger), ImmutableArray<TStatus>>>
    where TStatus : struct, Enum
    where TKind : struct, Enum
{
    private readonly Dictionary<(TStatus From, TKind Trigger), ImmutableArray<TStatus>> rows = [];

    public void Add(TStatus from, TKind trigger, params ReadOnlySpan<TStatus> to) => rows.Add((from, trigger), [.. to]);

    public bool Allows(TStatus from, TKind trigger) => rows.ContainsKey((from, trigger));

    public IEnumerator<KeyValuePair<(TStatus From, TKind Trigger), ImmutableArray<TStatus>>> GetEnumerator() => rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
