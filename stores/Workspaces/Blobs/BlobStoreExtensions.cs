using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;
using ToolRuntime.Tools;

namespace ToolRuntime.Stores.Workspaces.Blobs;

/// <summary>Registers the store of what tools publish.</summary>
public static class BlobStoreExtensions
{
    /// <summary>Adds an <see cref="IBlobStore"/>: an object store where a bucket is named, else a folder.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="section">The section <c>ToolRuntime:Blobs</c>.</param>
    /// <param name="dataPath">The silo's data folder.</param>
    public static IServiceCollection AddBlobStore(this IServiceCollection services, IConfiguration section, string dataPath)
    {
        services.AddOptions<BlobOptions>().Bind(section).Configure(options => options.DataPath = dataPath).ValidateDataAnnotations()
            .Validate(
                options => options.IsWhole, "ToolRuntime:Blobs needs a Bucket for the rest; AccessKey and SecretKey go together; Endpoint begins with http.")
            .ValidateOnStart();
        if (string.IsNullOrEmpty(section["Bucket"])) return services.AddSingleton<IBlobStore, FolderBlobs>();
        services.AddSingleton(provider => new SecretValues([provider.GetRequiredService<IOptions<BlobOptions>>().Value.SecretKey ?? ""]));
        return services.AddSingleton<IBlobStore, S3Blobs>();
    }
}
