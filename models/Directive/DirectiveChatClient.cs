using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Directive;

/// <summary>
/// The model that needs no key. Lines such as <c>/shell ls</c> or <c>/shell {"command":"ls"}</c> become the tool calls of one batch; anything else is answered with help;
/// after the batch it writes a summary.
/// </summary>
internal sealed class DirectiveChatClient : IChatClient
{
    public const string Name = "directive";

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        var conversation = messages.ToList();
        if (conversation is [.., { Role: var role }] && role == ChatRole.Tool)
        {
            foreach (var piece in BatchSummary.Of(conversation)) yield return Text(piece);
            yield return End(ChatFinishReason.Stop);
            yield break;
        }

        var script = DirectiveScript.Parse(conversation.LastOrDefault(m => m.Role == ChatRole.User)?.Text ?? "", options?.Tools ?? []);
        if (script.Calls.Count == 0)
        {
            yield return Text(DirectiveHelp.For(options?.Tools ?? []));
            yield return End(ChatFinishReason.Stop);
            yield break;
        }

        yield return new(ChatRole.Assistant, [.. script.Calls.Select((call, index) => (AIContent)Call(call, index))]);
        yield return End(ChatFinishReason.ToolCalls);
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private static FunctionCallContent Call(DirectiveCall call, int index)
    {
        var id = $"call_{index}";
        return call.Arguments is { } arguments
            ? new(id, call.Tool, arguments.EnumerateObject().ToDictionary(m => m.Name, m => (object?)m.Value))
            : new(id, call.Tool) { Exception = new JsonException(call.Fault) };
    }

    private static ChatResponseUpdate Text(string text) => new(ChatRole.Assistant, text);

    private static ChatResponseUpdate End(ChatFinishReason reason) => new() { Role = ChatRole.Assistant, FinishReason = reason };
}
