using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>Objects in a bucket of S3, or of a server that speaks like it.</summary>
internal sealed class S3Objects(IOptions<WorkspaceStoreOptions> options) : IObjectStore, IDisposable
{
    /// <summary>Each read of a body leaves some garbage, whatever it reads; the usual 8 KB make 40 MB of it for 100 MB.</summary>
    private const int BufferBytes = 128 * 1024;

    private readonly string bucket = options.Value.Bucket!;
    private readonly Lazy<OneBucketClient> client = new(() => Open(options.Value));

    internal AmazonS3Client Client => client.Value;

    public void Dispose()
    {
        if (client.IsValueCreated) client.Value.Dispose();
    }

    public async Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectRequest { BucketName = bucket, Key = key };
            var found = await client.Value.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
            return new(found.ResponseStream, found.ETag);
        }
        catch (AmazonServiceException missing) when (missing.ErrorCode == "NoSuchKey")
        {
            return null;
        }
        catch (Exception exception) when (Explain(exception, cancellationToken) is { } why)
        {
            throw why;
        }
    }

    public async Task<string?> PutAsync(string key, Stream content, PutIf condition, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = content,
            AutoCloseStream = false,
            UseChunkEncoding = false, // one body, which its signature covers: not every server takes signed chunks
            ContentType = "application/octet-stream",
            IfMatch = condition.Tag,
            IfNoneMatch = condition.Absent ? "*" : null,
        };
        try
        {
            return (await client.Value.PutObjectAsync(request, cancellationToken).ConfigureAwait(false)).ETag;
        }
        catch (AmazonServiceException refused) when (condition != PutIf.Any
            && (refused.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict || refused.ErrorCode == "NoSuchKey"))
        {
            return null;
        }
        catch (Exception exception) when (Explain(exception, cancellationToken) is { } why)
        {
            throw why;
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        do
        {
            ListObjectsV2Response page;
            try
            {
                page = await client.Value.ListObjectsV2Async(request, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (Explain(exception, cancellationToken) is { } why)
            {
                throw why;
            }

            foreach (var one in page.S3Objects ?? []) yield return one.Key;
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var request = new DeleteObjectRequest { BucketName = bucket, Key = key };
            await client.Value.DeleteObjectAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (Explain(exception, cancellationToken) is { } why)
        {
            throw why;
        }
    }

    private static OneBucketClient Open(WorkspaceStoreOptions options)
    {
        var config = new AmazonS3Config
        {
            AuthenticationRegion = options.Region,
            ForcePathStyle = options.Endpoint is not null && options.PathStyle,
            MaxErrorRetry = 2,
            BufferSize = BufferBytes,
            Timeout = TimeSpan.FromSeconds(options.RequestSeconds),
            ConnectTimeout = TimeSpan.FromSeconds(Math.Min(3, options.RequestSeconds)),
            // We check contents by hashes of our own; older servers refuse checksums that they do not know.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint) config.ServiceURL = endpoint.AbsoluteUri;
        else config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        return options.AccessKey is { } key ? new(new BasicAWSCredentials(key, options.SecretKey), config) : new(config);
    }

    internal static WorkspaceStoreException? Explain(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        WorkspaceStoreException => null,
        AmazonServiceException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound } refused =>
            new(WorkspaceFault.Refused, $"The store of workspaces refuses: {Word(refused)}.", exception),
        AmazonServiceException { StatusCode: > 0 } failed =>
            new(WorkspaceFault.Unavailable, $"The store of workspaces failed: {Word(failed)}.", exception),
        AmazonClientException { InnerException: null } =>
            new(WorkspaceFault.Refused, $"The store of workspaces can't be asked: {exception.Message}", exception),
        _ => new(WorkspaceFault.Unavailable, "The store of workspaces can't be reached.", exception),
    };

    /// <summary>Messages of the server may hold the access key.</summary>
    private static string Word(AmazonServiceException exception) =>
        string.IsNullOrEmpty(exception.ErrorCode) ? $"{(int)exception.StatusCode}" : exception.ErrorCode;
}
