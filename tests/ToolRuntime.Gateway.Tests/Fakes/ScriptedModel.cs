using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Gateway.Tests.Fakes;

/// <summary>The model <c>scripted</c>: what it answers is the test's.</summary>
internal sealed class ScriptedModel : IChatClient
{
    public const string Name = "scripted";

    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IReadOnlyList<ChatMessage>> prompts = [];

    /// <summary>What it answers to a prompt.</summary>
    public Func<IReadOnlyList<ChatMessage>, IEnumerable<object>> Answer { get; set; } = _ => ["ok"];

    /// <summary>In an answer: waits until <see cref="Release"/>.</summary>
    public object Hold { get; } = new();

    /// <summary>What it was asked, what it is told of its part first.</summary>
    public IReadOnlyList<IReadOnlyList<ChatMessage>> Prompts
    {
        get
        {
            lock (prompts) return [.. prompts];
        }
    }

    public void Release() => held.TrySetResult();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> prompt = options?.Instructions is { } system ? [new(ChatRole.System, system), .. messages] : [.. messages];
        lock (prompts) prompts.Add(prompt);
        foreach (var part in Answer(prompt))
        {
            if (part == Hold) await held.Task.WaitAsync(cancellationToken);
            else if (part is Exception failure) throw failure;
            else yield return new(ChatRole.Assistant, [part as AIContent ?? new TextContent((string)part)]);
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => Release();
}
