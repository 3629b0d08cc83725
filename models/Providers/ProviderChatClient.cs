using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Providers;

/// <summary>A provider's model. Every answer is streamed; giving it up closes the request.</summary>
internal sealed class ProviderChatClient(IProviderWire wire, ProviderHttp http, ProviderOptions settings, string model) : IChatClient
{
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var tools = new ToolNames(options?.Tools, wire.Limits);
        foreach (var (tool, why) in tools.LeftOut) http.WarnLeftOut(model, tool, why);
        var asked = PromptSettings.Of(options, settings);
        if (!string.IsNullOrWhiteSpace(asked.System)) messages = messages.Prepend(new(ChatRole.System, asked.System));
        var history = History.Fit(WireMessages.Of(messages, From), settings.HistoryTokens, tools.Tools);
        var prompt = new WirePrompt(model, history, tools.Tools, asked);
        using var response = await http.SendAsync(() => wire.Request(settings, prompt), settings, cancellationToken);
        await using var body = await http.ReadAsync(response, settings, cancellationToken);
        var reader = wire.Reader(new(tools, settings));
        await foreach (var happened in AnswerEvents.ReadAsync(response, body, settings, cancellationToken))
        {
            if (happened is not { } json) reader.Done();
            else foreach (var content in reader.Read(json)) yield return new(ChatRole.Assistant, [content]);
            if (reader.IsOver) break;
        }

        if (!reader.IsWhole) throw new IOException("The model's answer broke off.");
        var end = reader.End();
        if (Own(reader) is { } own) end.Contents.Add(own);
        yield return end;
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    private string From => $"{wire.Name}/{model}";

    private ProviderContent? Own(IAnswerReader reader)
    {
        if (reader.Own is not { } own) return null;
        own[WireMessages.FromMember] = From;
        var text = own.ToJsonString();
        return text.Length > ProviderContent.MaxLength ? null : new(new(text));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
