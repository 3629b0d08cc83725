using System.Text.Json;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>An item of a response's output.</summary>
internal abstract class ResponseItem(string id, string type)
{
    public string Id => id;

    /// <summary>Its place in the output.</summary>
    public int Index { get; set; }

    /// <summary>How far it is; null for one that has no status.</summary>
    public string? Status { get; set; } = "in_progress";

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WriteString("type", type);
        if (Status is not null) writer.WriteString("status", Status);
        WriteMembers(writer);
        writer.WriteEndObject();
    }

    protected abstract void WriteMembers(Utf8JsonWriter writer);
}

/// <summary>What a call of a tool is in the output.</summary>
internal interface ICallItem
{
    /// <summary>It runs, for the first time or again.</summary>
    void Start(ResponseFold fold);

    /// <summary>It printed something.</summary>
    void Print(ResponseFold fold, ToolOutput output);

    /// <summary>It has ended.</summary>
    void End(ResponseFold fold, SessionEvent end);
}
