using System.Collections.Immutable;
using ToolRuntime.Events;

namespace ToolRuntime.Machines;

/// <summary>What a machine makes of a trigger: events, a refusal, or (stale, or already final) nothing.</summary>
internal readonly record struct Decision(ImmutableArray<SessionEvent> Events, Rejection? Rejection)
{
    public static Decision None { get; } = new([], null);

    public bool Applied => !Events.IsEmpty;

    public static Decision Emit(params ReadOnlySpan<SessionEvent> events) => new([.. events], null);

    public static Decision Refuse(ErrorCode code, string message) => new([], new(code, message));

    public static Decision Illegal<TStatus, TKind>(TStatus from, TKind trigger)
        where TStatus : struct, Enum
        where TKind : struct, Enum =>
        Refuse(ErrorCode.Conflict, $"{trigger} does not fit the state {from}.");
}
