using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>A call of any other tool: <c>mcp_call</c>, the item of tools that the server itself runs. Its output is the result as JSON.</summary>
internal sealed class ToolItem(PlannedTool tool, bool approved) : ResponseItem($"mcp_{tool.ExecutionId}", "mcp_call"), ICallItem
{
    /// <summary>What the server's tools are called together.</summary>
    public const string Server = "toolruntime";

    private bool started;
    private string? result;
    private string? error;

    public void Start(ResponseFold fold)
    {
        if (started) return;
        started = true;
        fold.Add(this);
        fold.Emit("response.mcp_call.in_progress", this, _ => { });
        fold.Emit("response.mcp_call_arguments.delta", this, writer => writer.WriteString("delta", tool.Arguments.ToString()));
        fold.Emit("response.mcp_call_arguments.done", this, writer => writer.WriteString("arguments", tool.Arguments.ToString()));
    }

    public void Print(ResponseFold fold, ToolOutput printed)
    {
        // its result says it
    }

    public void End(ResponseFold fold, SessionEvent end)
    {
        result = (end as ToolCompleted)?.Result.ToString();
        error = CallArguments.ErrorOf(end) is { } failure ? $"{failure.Code}: {failure.Message}" : null;
        Status = error is null ? "completed" : end is ToolCancelled ? "incomplete" : "failed";
        fold.Emit(error is null ? "response.mcp_call.completed" : "response.mcp_call.failed", this, _ => { });
        fold.Done(this);
    }

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("server_label", Server);
        writer.WriteString("name", tool.Name);
        writer.WriteString("arguments", tool.Arguments.ToString());
        writer.WriteString("output", result);
        if (approved) writer.WriteString("approval_request_id", ApprovalItem.IdOf(tool.ExecutionId));
        if (error is null)
        {
            writer.WriteNull("error");
            return;
        }

        writer.WriteStartObject("error");
        writer.WriteString("type", "mcp_tool_execution_error");
        writer.WriteString("content", error);
        writer.WriteEndObject();
    }
}
