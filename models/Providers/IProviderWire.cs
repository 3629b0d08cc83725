using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using ToolRuntime.Commands;

namespace ToolRuntime.Models.Providers;

/// <summary>How a provider is spoken to: its requests, and a reader for each of its answers.</summary>
internal interface IProviderWire
{
    /// <summary>The provider's name.</summary>
    string Name { get; }

    Uri DefaultBaseUrl { get; }

    string DefaultModel { get; }

    ToolLimits Limits { get; }

    /// <summary>A new request for a streamed answer; one is made for every attempt.</summary>
    HttpRequestMessage Request(ProviderOptions options, WirePrompt prompt);

    IAnswerReader Reader(Answer answer);

    /// <summary>A new request for the list of the provider's models.</summary>
    HttpRequestMessage ListRequest(ProviderOptions options);

    /// <summary>The models of that list that hold conversations, as far as it tells.</summary>
    IEnumerable<ListedModel> ReadList(JsonElement list);
}

/// <summary>Reads one answer, streamed or whole.</summary>
internal interface IAnswerReader
{
    /// <summary>Whether the answer is whole as far as can be told; an answer that ends without it broke off.</summary>
    bool IsWhole { get; }

    /// <summary>Whether nothing more is to come.</summary>
    bool IsOver { get; }

    /// <summary>Takes an event that is no error; gives the text in it.</summary>
    /// <exception cref="ModelException">The answer ended with an error, or has become too long.</exception>
    IEnumerable<AIContent> Read(JsonElement happened);

    /// <summary>The server said that nothing more is to come (<c>[DONE]</c>).</summary>
    void Done();

    /// <summary>What the answer holds for its provider alone, after its end; null if nothing.</summary>
    JsonObject? Own { get; }

    /// <summary>What only the whole answer shows: the calls in the model's order, the usage, the finish reason.</summary>
    ChatResponseUpdate End();
}

/// <summary>What a request is made of.</summary>
internal sealed record WirePrompt(string Model, IReadOnlyList<WireMessage> Messages, IReadOnlyList<WireTool> Tools, ModelSettings Settings)
{
    /// <summary>How much the model is asked to think; null leaves it to the provider.</summary>
    public Effort? Effort => Settings.Reasoning;

    /// <summary>The messages after the last one of the user.</summary>
    public IEnumerable<WireMessage> Turn => Messages.Skip(Messages.Index().LastOrDefault(m => m.Item.Role == WireRole.User).Index + 1);
}
