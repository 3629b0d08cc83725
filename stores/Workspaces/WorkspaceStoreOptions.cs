using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>An object store (S3 or compatible) that workspaces are saved to; section <c>ToolRuntime:Workspaces:Store</c>.</summary>
public sealed class WorkspaceStoreOptions
{
    /// <summary>The bucket. Without one there is no object store, and workspaces are folders only. Default none.</summary>
    public string? Bucket { get; set; }

    /// <summary>
    /// The server's address, such as <c>https://s3.example.com</c>; without one it is Amazon's of the region. Default none.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The region. Default <c>us-east-1</c>.</summary>
    [Required]
    public string Region { get; set; } = "us-east-1";

    /// <summary>What all keys in the bucket begin with. Default <c>workspaces/</c>.</summary>
    [Required, RegularExpression("[A-Za-z0-9][A-Za-z0-9._/-]*", ErrorMessage = "ToolRuntime:Workspaces:Store:Prefix has characters that are not taken.")]
    public string Prefix { get; set; } = "workspaces/";

    /// <summary>
    /// The access key; without one it is looked for where Amazon's SDK does (<c>AWS_ACCESS_KEY_ID</c>, a profile, the machine's role).
    /// Default none.
    /// </summary>
    public string? AccessKey { get; set; }

    /// <summary>Its secret. Default none.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Whether the bucket is a part of the path, not of the host's name, where an endpoint is set. Default true.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>
    /// Most bytes of a workspace that are saved; one with more is not saved until it has fewer. 1 MB to 5 GB, default 1 GB.
    /// </summary>
    [Range(1L << 20, 5L << 30)]
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>Most files, folders and links of a workspace, in the same way. 1 to 100,000, default 10,000.</summary>
    [Range(1, 100_000)]
    public int MaxFiles { get; set; } = 10_000;

    /// <summary>Transfers of one workspace at a time. 1 to 64, default 8.</summary>
    [Range(1, 64)]
    public int Transfers { get; set; } = 8;

    /// <summary>How long one request may take without an answer, seconds. Default 60.</summary>
    [Range(1, 3_600)]
    public int RequestSeconds { get; set; } = 60;
}
