using System.Text.Json;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>An answer to an <c>mcp_approval_request</c>.</summary>
internal sealed record ApprovalAnswer(string ExecutionId, bool Approve, string? Reason);

/// <summary>What <c>input</c> says: messages, or answers to questions for approval.</summary>
internal sealed record ResponseInput(List<ConversationEntry> Entries, List<ApprovalAnswer> Approvals)
{
    /// <summary>What the server itself put into outputs, sent along again: a session has it, and a transcript can do without.</summary>
    private static readonly string[] Known =
        ["reasoning", "item_reference", "mcp_call", "mcp_list_tools", "mcp_approval_request", "shell_call", "shell_call_output", "code_interpreter_call", "web_search_call"];

    public static ResponseInput Of(RequestFields fields)
    {
        var input = new ResponseInput([], []);
        switch (fields.Find("input"))
        {
            case { ValueKind: JsonValueKind.String } text:
                input.Entries.Add(new("user", text.GetString()!));
                break;
            case { ValueKind: JsonValueKind.Array } items:
                foreach (var item in items.EnumerateArray()) input.Take(item, fields);
                break;
            default:
                fields.Refuse<bool>("input", "input must be a text or an array of items.");
                break;
        }

        return input;
    }

    private void Take(JsonElement item, RequestFields fields)
    {
        var type = item.ValueKind == JsonValueKind.Object ? TextOf(item, "type") ?? "message" : "";
        if (type == "mcp_approval_response" && Answer(item) is { } answer) Approvals.Add(answer);
        else if (type == "message" && Said(item) is { } entry) Entries.Add(entry);
        else if (!Known.Contains(type)) fields.Refuse<bool>("input", $"An item of input can't be taken ({type}): messages must have a role and be text; of others there is mcp_approval_response.");
    }

    private static ConversationEntry? Said(JsonElement item) =>
        TextOf(item, "role") is { } role && item.TryGetProperty("content", out var content) && ContentText.Of(content) is { } text ? new(role, text) : null;

    private static ApprovalAnswer? Answer(JsonElement item) =>
        TextOf(item, "approval_request_id") is { } id && ApprovalItem.ExecutionOf(id) is { } execution
        && item.TryGetProperty("approve", out var approve) && approve.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? new(execution, approve.GetBoolean(), TextOf(item, "reason"))
            : null;

    private static string? TextOf(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
