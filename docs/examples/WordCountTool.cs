using System.Text;
using ToolRuntime.Events;

namespace ToolRuntime.Tools;

/// <summary>Counts the words of a text, one after the other, and shows each as it goes.</summary>
public sealed class WordCountTool : ITool
{
    public ToolDescriptor Descriptor { get; } = new()
    {
        Name = "word_count",
        Description = "Counts the words of a text.",
        Parameters = new("""{ "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"] }"""),
        Idempotency = Idempotency.Yes,
    };

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var words = call.Arguments.GetProperty("text").GetString()!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            await context.CheckpointAsync(cancellationToken); // waits here while the batch is paused
            await context.WriteOutputAsync(OutputStream.Stdout, Encoding.UTF8.GetBytes($"{words[i]}\n"), cancellationToken);
            await context.ReportProgressAsync("counting", 100.0 * (i + 1) / words.Length, cancellationToken: cancellationToken);
        }

        return ToolResult.Success(JsonText.Object(json => json.WriteNumber("words", words.Length)), $"{words.Length} words");
    }
}
