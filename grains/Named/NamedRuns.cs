using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Tools;
using ToolRuntime.Views;

namespace ToolRuntime.Named;

/// <summary>A run of a named process as a call of its tool, and what the call's execution says of it.</summary>
internal static class NamedRuns
{
    /// <summary>The call that runs a process.</summary>
    public static ToolInvocation CallOf(NamedProcess process) => new(NamedRunContract.Tool, JsonText.Object(json =>
    {
        json.WriteString("name", process.Name);
        var definition = JsonSerializer.SerializeToElement(process.Definition, WireJsonContext.Default.NamedProcessDefinition);
        foreach (var member in definition.EnumerateObject().Where(member => member.Name is not ("restart" or "dependsOn"))) member.WriteTo(json);
    }));

    /// <summary>What an execution says of its process, as a trigger; null while that is nothing.</summary>
    /// <param name="execution">The run's; null: it is gone with its batch, and that was over.</param>
    /// <param name="lease">How long processes of a silo that hangs may go on, in a cluster.</param>
    public static NamedTrigger? TriggerOf(ExecutionState? execution, TimeSpan lease)
    {
        if (execution is null) return new(NamedTriggerKind.Ended) { End = new(null, null, Cancelled: true) };
        if (execution.IsFinal) return new(NamedTriggerKind.Ended) { End = EndOf(execution, lease) };
        if (execution.Status != ExecutionStatus.Executing) return null;
        var pid = PidOf(execution.Progress?.Details);
        return new(execution.Progress?.Stage == NamedRunContract.Ready ? NamedTriggerKind.BecameReady : NamedTriggerKind.Started) { Pid = pid };
    }

    private static NamedEnd EndOf(ExecutionState execution, TimeSpan lease) => new(
        ExitCodeOf(execution.Result, execution.Error),
        execution.Status == ExecutionStatus.Completed ? null : execution.Error,
        Cancelled: execution.Status == ExecutionStatus.Cancelled,
        LostFor: execution.Error?.Code != ToolErrorCodes.RunnerLost ? null : execution.Silo is null ? TimeSpan.Zero : lease);

    /// <summary>The exit code that an end tells of.</summary>
    public static int? ExitCodeOf(JsonText? result, ToolError? error) => NumberOf(result, "exitCode") ?? NumberOf(error?.Details, "exitCode");

    private static int? PidOf(JsonText? details) => NumberOf(details, "pid");

    private static int? NumberOf(JsonText? of, string name) =>
        of?.ToElement() is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;
}
