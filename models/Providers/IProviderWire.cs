using System.Net.ServerSentEvents;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Providers;

/// <summary>How a provider is spoken to: its requests, and a reader for each of its answers.</summary>
internal interface IProviderWire
{
    Uri DefaultBaseUrl { get; }

    string DefaultModel { get; }

    /// <summary>A new request for a streamed answer; one is made for every attempt.</summary>
    HttpRequestMessage Request(ProviderOptions options, WirePrompt prompt);

    IAnswerReader Reader(ToolNames tools);
}

/// <summary>Reads one streamed answer.</summary>
internal interface IAnswerReader
{
    /// <summary>Whether the provider said that the answer is whole; an answer that ends without it broke off.</summary>
    bool IsWhole { get; }

    /// <summary>Whether nothing more is to come.</summary>
    bool IsOver { get; }

    /// <summary>Takes an event; gives the text in it.</summary>
    /// <exception cref="ModelException">The event reports an error.</exception>
    IEnumerable<AIContent> Read(SseItem<string> item);

    /// <summary>What only the whole answer shows: the calls in the model's order, the usage, the finish reason.</summary>
    ChatResponseUpdate End();
}

/// <summary>What a request is made of.</summary>
internal sealed record WirePrompt(string Model, IReadOnlyList<WireMessage> Messages, IReadOnlyList<WireTool> Tools);
