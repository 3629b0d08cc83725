using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Workspaces.Blobs;

/// <summary>Where pictures and files are that tools publish; section <c>ToolRuntime:Blobs</c>.</summary>
public sealed class BlobOptions
{
    /// <summary>
    /// A folder; in a cluster one that all silos share, unless there is a bucket. Default: <c>blobs</c> in <c>ToolRuntime:Data:Path</c>.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>The bucket of an object store (S3, R2, MinIO). Without one blobs are in the folder. Default none.</summary>
    public string? Bucket { get; set; }

    /// <summary>The server's address; without one it is Amazon's of the region. Default none.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The region. Default <c>us-east-1</c>; <c>auto</c> for R2.</summary>
    [Required]
    public string Region { get; set; } = "us-east-1";

    /// <summary>What all keys in the bucket begin with. Default <c>blobs/</c>.</summary>
    [Required, RegularExpression("[A-Za-z0-9][A-Za-z0-9._/-]*", ErrorMessage = "ToolRuntime:Blobs:Prefix has characters that are not taken.")]
    public string Prefix { get; set; } = "blobs/";

    /// <summary>The access key; without one it is looked for where Amazon's SDK does. Default none.</summary>
    public string? AccessKey { get; set; }

    /// <summary>Its secret. Default none.</summary>
    public string? SecretKey { get; set; }

    /// <summary>Whether the bucket is a part of the path, not of the host's name, where an endpoint is set. Default true.</summary>
    public bool PathStyle { get; set; } = true;

    /// <summary>Most bytes of one blob. 64 KB to 5 GB, default 256 MB.</summary>
    [Range(1L << 16, 5L << 30)]
    public long MaxBytes { get; set; } = 256L << 20;

    /// <summary>What is larger is sent to the bucket in parts of so many bytes, two at a time; before each is sent it is read once to be hashed. 5 MB to 1 GB, default 5 MB.</summary>
    [Range(5 << 20, 1 << 30)]
    public int PartBytes { get; set; } = 5 << 20;

    /// <summary>How long one request may take without an answer, seconds. Default 60.</summary>
    [Range(1, 3_600)]
    public int RequestSeconds { get; set; } = 60;

    /// <summary>The silo's own data folder.</summary>
    internal string DataPath { get; set; } = "data";

    internal string Root => System.IO.Path.GetFullPath(string.IsNullOrEmpty(Path) ? System.IO.Path.Combine(DataPath, "blobs") : Path);

    internal bool IsWhole => (!string.IsNullOrEmpty(Bucket) || (Endpoint is null && AccessKey is null && SecretKey is null))
        && (AccessKey is null) == (SecretKey is null)
        && Endpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https" };
}
