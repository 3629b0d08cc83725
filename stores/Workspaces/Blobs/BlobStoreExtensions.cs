using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Blobs;

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
        return services.AddSingleton<IBlobStore, FolderBlobs>();
    }
}
