using Microsoft.Extensions.AI;
using ToolRuntime.Models;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>The models <c>fake</c> (the default) and <c>other</c>, which answer what the test scripts.</summary>
internal sealed class FakeModels : IModelCatalog, IChatClient
{
    private Func<IReadOnlyList<ChatMessage>, int, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script = (_, _, _) => Says("ok");
    private int asked;

    public string DefaultModel => "fake";

    /// <summary>Every prompt so far.</summary>
    public List<IReadOnlyList<ChatMessage>> Prompts { get; } = [];

    /// <summary>The options of every prompt so far.</summary>
    public List<ChatOptions?> Options { get; } = [];

    /// <summary>What to answer: the prompt, how often a model was asked before, and the token.</summary>
    public void Script(Func<IReadOnlyList<ChatMessage>, int, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answers) => script = answers;

    public bool Contains(string model) => model is "fake" or "other";

    public IChatClient Get(string model) => Contains(model) ? this : throw new KeyNotFoundException(model);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var prompt = messages.ToArray();
        lock (Prompts)
        {
            Prompts.Add(prompt);
            Options.Add(options);
        }

        return script(prompt, Interlocked.Increment(ref asked) - 1, cancellationToken);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    public static async IAsyncEnumerable<ChatResponseUpdate> Says(params string[] texts)
    {
        await Task.Yield();
        foreach (var text in texts) yield return new(ChatRole.Assistant, text);
    }

    public static async IAsyncEnumerable<ChatResponseUpdate> Calls(params (string Id, string Tool, Dictionary<string, object?> Arguments)[] calls)
    {
        await Task.Yield();
        foreach (var (id, tool, arguments) in calls) yield return new(ChatRole.Assistant, [new FunctionCallContent(id, tool, arguments)]);
    }

    public static async IAsyncEnumerable<ChatResponseUpdate> Fails(Exception exception, params string[] first)
    {
        await Task.Yield();
        foreach (var text in first) yield return new(ChatRole.Assistant, text);
        throw exception;
    }
}
