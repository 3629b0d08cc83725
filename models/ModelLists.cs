using System.Collections.Concurrent;
using System.Text.Json;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models;

/// <summary>What models the providers say they have. Each is asked at most every ten minutes; one that does not answer has none, and is left alone for a minute.</summary>
internal sealed class ModelLists(IEnumerable<ModelProvider> providers, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan KeptFailure = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);

    /// <summary>All of them, under the names that messages call them by; in no order.</summary>
    public async Task<IReadOnlyList<OfferedModel>> ListAsync()
    {
        var usable = providers.Where(provider => provider.IsUsable);
        return [.. (await Task.WhenAll(usable.Select(ListAsync))).SelectMany(models => models)];
    }

    private async Task<IReadOnlyList<OfferedModel>> ListAsync(ModelProvider provider)
    {
        if (known.TryGetValue(provider.Name, out var last) && time.GetUtcNow() < last.Until) return last.Models;
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            var listed = await provider.ListAsync(patience.Token);
            return Keep(provider, [.. listed.Select(model => new OfferedModel($"{provider.Name}/{model.Id}", provider.Name, model.Id, model.Title))], Kept);
        }
        catch (Exception exception) when (exception is ModelException or HttpRequestException or OperationCanceledException or TimeoutException or IOException or JsonException)
        {
            // A provider without a list, or one that can't be reached: a message that names its models tells more.
            return Keep(provider, last?.Models ?? [], KeptFailure);
        }
    }

    private IReadOnlyList<OfferedModel> Keep(ModelProvider provider, IReadOnlyList<OfferedModel> models, TimeSpan howLong)
    {
        known[provider.Name] = new(models, time.GetUtcNow() + howLong);
        return models;
    }

    private sealed record Known(IReadOnlyList<OfferedModel> Models, DateTimeOffset Until);
}
