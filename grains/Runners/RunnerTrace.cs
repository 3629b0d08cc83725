using System.Diagnostics;
using ToolRuntime.Tracing;

namespace ToolRuntime.Runners;

/// <summary>The activity of an attempt, below the command that asked for it.</summary>
internal static class RunnerTrace
{
    /// <summary>Null while nobody listens, unless the command's client records the trace.</summary>
    public static Activity? Start(RunnerSpec spec) => TraceContext.StartOrPass("execute_tool", ActivityKind.Internal, spec.Trace)
        ?.SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", spec.Tool).SetTag("toolruntime.session", spec.Session.Session)
        .SetTag("toolruntime.execution", spec.ExecutionId).SetTag("toolruntime.attempt", spec.Attempt);

    public static void End(Activity? activity, ToolError? error)
    {
        if (error is not null) activity?.SetStatus(ActivityStatusCode.Error, error.Code);
        activity?.Stop();
    }
}
