using System.Text;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>The end of what a tool printed, as much as an item has of it.</summary>
internal sealed class OutputTail
{
    /// <summary>What an item has of a stream, in characters.</summary>
    public const int MaxLength = 16_384;

    private readonly StringBuilder text = new();

    public void Clear() => text.Clear();

    public void Add(string more)
    {
        text.Append(more);
        if (text.Length > 2 * MaxLength) text.Remove(0, text.Length - MaxLength);
    }

    public override string ToString() => text.Length <= MaxLength ? text.ToString() : text.ToString(text.Length - MaxLength, MaxLength);

    /// <summary>A chunk as text; empty for one whose text is not kept any more.</summary>
    public static string TextOf(ToolOutput output) => output.Text ?? (output.Base64 is { } bytes ? Encoding.UTF8.GetString(Convert.FromBase64String(bytes)) : "");
}
