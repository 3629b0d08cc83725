using System.Collections.Concurrent;
using ToolRuntime.Tools;

namespace ToolRuntime.LoadExample.Tests;

/// <summary>A tool of yours, which takes a while and remembers how often each call was begun.</summary>
internal sealed class PricesTool : ITool
{
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);

    /// <summary>Attempts, by the article asked for.</summary>
    public ConcurrentDictionary<string, int> Attempts { get; } = new();

    public ToolDescriptor Descriptor { get; } = new()
    {
        Name = "prices",
        Description = "Looks up the price of an article.",
        Parameters = new("""{ "type": "object", "properties": { "article": { "type": "string" } }, "required": ["article"], "additionalProperties": false }"""),
        Idempotency = Idempotency.Yes,
        EstimatedMs = 20,
    };

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var article = call.Arguments.GetProperty("article").GetString()!;
        Attempts.AddOrUpdate(article, 1, (_, attempts) => attempts + 1);
        await Task.Delay(Work, cancellationToken);
        return ToolResult.Success(JsonText.Object(json => json.WriteNumber("price", article.Length)), "found");
    }
}
