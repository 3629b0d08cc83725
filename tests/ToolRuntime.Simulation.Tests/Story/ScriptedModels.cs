using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using ToolRuntime.Models;
using ToolRuntime.Simulation.Tests.Runtime;

namespace ToolRuntime.Simulation.Tests.Story;

/// <summary>A model that talks, calls tools, and fails as the dice will have it.</summary>
internal sealed class ScriptedModels(World world, TimeProvider time) : IModelCatalog, IChatClient
{
    public string DefaultModel => "scripted";

    private Random Dice => world.Dice.Story;

    public bool Contains(string model) => model == DefaultModel;

    public IChatClient Get(string model) => this;

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var (step, steps) = (0, Dice.Next(4)); step < steps; step++)
        {
            await Task.Delay(Dice.Between(0, 300), time, cancellationToken);
            yield return new(ChatRole.Assistant, $"word {step} ");
        }

        await Task.Delay(Dice.Between(0, 500), time, cancellationToken);
        if (Dice.Chance(0.15)) throw new HttpRequestException("The model is away.");
        if (!Dice.Chance(0.5)) yield break;
        for (var (call, calls) = (0, Dice.Next(1, 4)); call < calls; call++)
        {
            yield return new(ChatRole.Assistant, [new FunctionCallContent($"call{call}", Dice.Any("plain", "again", "asks", "nobody"), new Dictionary<string, object?>())]);
        }
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
