using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Commands;
using ToolRuntime.Models;
using ToolRuntime.Runners;
using ToolRuntime.Sessions;

namespace ToolRuntime.Messages;

/// <summary>Prompts as <see cref="IChatClient"/> takes them.</summary>
internal static class ChatPrompts
{
    public static IEnumerable<ChatMessage> Of(Prompt prompt) => prompt.Messages.SelectMany(message => message.Chat);

    public static ImmutableArray<ChatMessage> Of(PromptMessage message)
    {
        if (message.Role == "user") return [new(ChatRole.User, message.Text)];
        var contents = new List<AIContent>();
        if (message.Text.Length > 0) contents.Add(new TextContent(message.Text));
        foreach (var call in message.Calls)
        {
            contents.Add(new FunctionCallContent(call.CallId, call.Tool, call.Arguments.ToElement().EnumerateObject().ToDictionary(m => m.Name, m => (object?)m.Value)));
        }

        if (message.Provided is { } provided) contents.Add(new ProviderContent(provided));
        var asked = new ChatMessage(ChatRole.Assistant, contents);
        return message.Calls.IsEmpty ? [asked] : [asked, new(ChatRole.Tool, [.. message.Calls.Select(c => (AIContent)new FunctionResultContent(c.CallId, c.Result.ToElement()))])];
    }

    public static ChatOptions Options(Prompt prompt, ToolCatalog tools) => new()
    {
        ModelId = prompt.Model,
        AllowMultipleToolCalls = true,
        Instructions = prompt.Settings?.System,
        Temperature = (float?)prompt.Settings?.Temperature,
        MaxOutputTokens = prompt.Settings?.MaxOutputTokens,
        Reasoning = Reasoning(prompt.Settings),
        Tools = [.. tools.Descriptors.Where(t => t.NotForModels is null && (prompt.Tools is not { } named || named.Contains(t.Name))).Select(t => new Declaration(t))],
    };

    private static ReasoningOptions? Reasoning(ModelSettings? settings) => settings is null or { Reasoning: null, ShowReasoning: not true } ? null : new()
    {
        Output = settings.ShowReasoning == true ? ReasoningOutput.Full : null,
        Effort = settings.Reasoning switch
        {
            null => null,
            Effort.None => ReasoningEffort.None,
            Effort.Low => ReasoningEffort.Low,
            Effort.Medium => ReasoningEffort.Medium,
            _ => ReasoningEffort.High,
        },
    };

    /// <summary>A tool as a model sees it; it is run by us, not by the client.</summary>
    private sealed class Declaration(Tools.ToolDescriptor descriptor) : AIFunctionDeclaration
    {
        public override string Name => descriptor.Name;

        public override string Description => descriptor.Description;

        public override JsonElement JsonSchema { get; } = descriptor.Parameters.ToElement();
    }
}
