using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace ToolRuntime.Silo.Clustering;

/// <summary>
/// Lets what Redis' client throws inside Orleans' own storage, directory and reminders cross to callers as what it is. Otherwise they would learn that an exception
/// can't be serialised, and take a store that is away for a fault of ours.
/// </summary>
internal static class StoreExceptions
{
    private static readonly string[] Namespaces = ["StackExchange.Redis", "Pipelines.Sockets"];

    public static IServiceCollection AddStoreExceptions(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(static exceptions => exceptions.SupportedNamespacePrefixes.UnionWith(Namespaces));
}
