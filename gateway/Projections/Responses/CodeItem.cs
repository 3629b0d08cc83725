using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>A call of the tool <c>code</c>: <c>code_interpreter_call</c>, what the program printed as its logs.</summary>
internal sealed class CodeItem(PlannedTool tool, string session) : ResponseItem($"ci_{tool.ExecutionId}", "code_interpreter_call"), ICallItem
{
    private readonly string code = CallArguments.Text(tool, "source");
    private readonly OutputTail logs = new();
    private bool started;

    public void Start(ResponseFold fold)
    {
        logs.Clear();
        if (started) return;
        started = true;
        fold.Add(this);
        fold.Emit("response.code_interpreter_call.in_progress", this, _ => { });
        fold.Emit("response.code_interpreter_call_code.delta", this, writer => writer.WriteString("delta", code));
        fold.Emit("response.code_interpreter_call_code.done", this, writer => writer.WriteString("code", code));
        Status = "interpreting";
        fold.Emit("response.code_interpreter_call.interpreting", this, _ => { });
    }

    public void Print(ResponseFold fold, ToolOutput printed) => logs.Add(OutputTail.TextOf(printed));

    public void End(ResponseFold fold, SessionEvent end)
    {
        if (CallArguments.ErrorOf(end) is { } error) logs.Add(error.Message);
        Status = end is ToolCompleted ? "completed" : end is ToolCancelled ? "incomplete" : "failed";
        if (end is ToolCompleted) fold.Emit("response.code_interpreter_call.completed", this, _ => { });
        fold.Done(this);
    }

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("code", code);
        writer.WriteString("container_id", session);
        writer.WriteStartArray("outputs");
        if (logs.ToString() is { Length: > 0 } text)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "logs");
            writer.WriteString("logs", text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
