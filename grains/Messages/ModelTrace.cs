using System.Diagnostics;
using ToolRuntime.Sessions;
using ToolRuntime.Tracing;

namespace ToolRuntime.Messages;

/// <summary>The activity of a question to a model, below the command that asked for the reply.</summary>
internal static class ModelTrace
{
    /// <summary>Null while nobody listens, unless the command's client records the trace.</summary>
    public static Activity? Start(Prompt prompt, ModelSink sink) => TraceContext.StartOrPass("chat", ActivityKind.Client, prompt.Trace)
        ?.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.request.model", prompt.Model).SetTag("toolruntime.session", sink.Session.Session)
        .SetTag("toolruntime.message", sink.MessageId).SetTag("toolruntime.round", sink.Round).SetTag("toolruntime.attempt", sink.Attempt);

    public static void Failed(Activity? activity, string code) => activity?.SetStatus(ActivityStatusCode.Error, code);
}
