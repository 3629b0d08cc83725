using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>A call that waits for a person: <c>mcp_approval_request</c>. Answered by <c>mcp_approval_response</c> with its id, or as anywhere else.</summary>
internal sealed class ApprovalItem : ResponseItem
{
    private const string Prefix = "mcpr_";
    private readonly ToolApprovalRequired asked;

    public ApprovalItem(ToolApprovalRequired asked)
        : base(IdOf(asked.ExecutionId!), "mcp_approval_request") => (this.asked, Status) = (asked, null);

    public static string IdOf(string executionId) => Prefix + executionId;

    /// <summary>The execution that an id asks for; null for what is no such id.</summary>
    public static string? ExecutionOf(string id) => id.StartsWith(Prefix, StringComparison.Ordinal) && EntityId.IsValid(id[Prefix.Length..]) ? id[Prefix.Length..] : null;

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("server_label", ToolItem.Server);
        writer.WriteString("name", asked.Name);
        writer.WriteString("arguments", asked.Arguments.ToString());
    }
}
