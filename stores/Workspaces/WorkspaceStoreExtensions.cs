using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>Registers the object store of workspaces.</summary>
public static class WorkspaceStoreExtensions
{
    /// <summary>Adds an <see cref="IWorkspaceStore"/> where a bucket is named.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="section">The section <c>ToolRuntime:Workspaces:Store</c>.</param>
    public static IServiceCollection AddWorkspaceStore(this IServiceCollection services, IConfiguration section)
    {
        services.AddOptions<WorkspaceStoreOptions>().Bind(section).ValidateDataAnnotations()
            .Validate(
                IsWhole,
                "ToolRuntime:Workspaces:Store needs a Bucket for the rest; AccessKey and SecretKey go together; Endpoint begins with http.")
            .ValidateOnStart();
        if (string.IsNullOrEmpty(section["Bucket"])) return services;
        services.AddSingleton(provider =>
            new SecretValues([provider.GetRequiredService<IOptions<WorkspaceStoreOptions>>().Value.SecretKey ?? ""]));
        services.AddSingleton<IObjectStore, S3Objects>();
        return services.AddSingleton<IWorkspaceStore, ObjectWorkspaceStore>();
    }

    private static bool IsWhole(WorkspaceStoreOptions options) =>
        (!string.IsNullOrEmpty(options.Bucket) || (options.Endpoint is null && options.AccessKey is null && options.SecretKey is null))
        && (options.AccessKey is null) == (options.SecretKey is null)
        && options.Endpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https" };
}
