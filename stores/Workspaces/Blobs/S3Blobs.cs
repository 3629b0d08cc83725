using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Stores.Workspaces.Blobs;

/// <summary>
/// Blobs in a bucket of S3, or of a server that speaks like it: one object each, <c>tenant/session/execution/name</c>, with what it is in its
/// headers. Large ones go in parts, each read from where it is, so that nothing of them is held in memory; two at a time, so that bytes move while one is hashed or stored.
/// </summary>
internal sealed class S3Blobs(IOptions<BlobOptions> options) : IBlobStore, IDisposable
{
    private const int Deletions = 8;
    private const int PartsAtOnce = 2;

    private readonly BlobOptions options = options.Value;
    private readonly S3Objects objects = new(Options.Create(ServerOf(options.Value)));

    public long MaxBytes => options.MaxBytes;

    public Task CheckAsync(CancellationToken cancellationToken = default) => GuardAsync(
        async () =>
        {
            await foreach (var _ in objects.ListAsync(options.Prefix, cancellationToken).ConfigureAwait(false)) break;
            return true;
        },
        cancellationToken);

    public Task WriteAsync(
        string tenant, BlobId id, BlobInfo info, Stream content, Action<long> written, CancellationToken cancellationToken = default) => GuardAsync(
        async () =>
        {
            var key = KeyOf(tenant, id);
            await (info.Bytes > options.PartBytes
                ? WritePartsAsync(key, info, content, written, cancellationToken)
                : WriteWholeAsync(key, info, content, written, cancellationToken)).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public Task<BlobChunk?> ReadAsync(string tenant, BlobId id, long offset, int count, CancellationToken cancellationToken = default) => GuardAsync(
        async () =>
        {
            var key = KeyOf(tenant, id);
            try
            {
                return count == 0
                    ? await LookAsync(key, cancellationToken).ConfigureAwait(false)
                    : await ReadPartAsync(key, offset, count, cancellationToken).ConfigureAwait(false);
            }
            catch (AmazonServiceException missing) when (missing.ErrorCode is "NoSuchKey" or "NotFound")
            {
                return null;
            }
            catch (AmazonServiceException beyond) when (beyond.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return await LookAsync(key, cancellationToken).ConfigureAwait(false);
            }
        },
        cancellationToken);

    public Task EraseAsync(SessionKey session, Func<string, bool>? which = null, CancellationToken cancellationToken = default) => GuardAsync(
        async () =>
        {
            var (prefix, due) = ($"{options.Prefix}{session.Tenant}/{session.Session}/", new List<string>());
            await foreach (var key in objects.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                if (which is null || which(key[prefix.Length..].Split('/')[0])) due.Add(key);
            }

            await ObjectWorkspaceStore.DeleteAsync(objects, due, Deletions, cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    public void Dispose() => objects.Dispose();

    private async Task WriteWholeAsync(string key, BlobInfo info, Stream content, Action<long> written, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest
        {
            BucketName = options.Bucket,
            Key = key,
            InputStream = content,
            AutoCloseStream = false,
            UseChunkEncoding = false, // one body, which its signature covers: not every server takes signed chunks
            ContentType = info.MediaType,
        };
        Describe(request.Metadata, info);
        var sent = new SentBytes(1, written);
        request.StreamTransferProgress += (_, now) => sent.Tell(0, now.TransferredBytes);
        await objects.Client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
        sent.Tell(0, info.Bytes);
    }

    private async Task WritePartsAsync(string key, BlobInfo info, Stream content, Action<long> written, CancellationToken cancellationToken)
    {
        var begin = new InitiateMultipartUploadRequest { BucketName = options.Bucket, Key = key, ContentType = info.MediaType };
        Describe(begin.Metadata, info);
        var upload = (await objects.Client.InitiateMultipartUploadAsync(begin, cancellationToken).ConfigureAwait(false)).UploadId;
        try
        {
            var parts = new PartETag[(int)((info.Bytes + options.PartBytes - 1) / options.PartBytes)];
            var sent = new SentBytes(parts.Length, written);
            using var turn = new SemaphoreSlim(1, 1);
            await Parallel.ForAsync(
                0,
                parts.Length,
                new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellationToken },
                async (i, token) =>
                {
                    var from = (long)i * options.PartBytes;
                    await using var part = new BlobPart(content, turn, from, Math.Min(options.PartBytes, info.Bytes - from));
                    parts[i] = await WritePartAsync(key, upload, i, part, sent, token).ConfigureAwait(false);
                }).ConfigureAwait(false);
            var end = new CompleteMultipartUploadRequest { BucketName = options.Bucket, Key = key, UploadId = upload, PartETags = [.. parts] };
            await objects.Client.CompleteMultipartUploadAsync(end, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbortAsync(key, upload).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<PartETag> WritePartAsync(string key, string upload, int index, BlobPart part, SentBytes sent, CancellationToken cancellationToken)
    {
        var request = new UploadPartRequest
        {
            BucketName = options.Bucket,
            Key = key,
            UploadId = upload,
            PartNumber = index + 1,
            PartSize = part.Length,
            InputStream = part,
            UseChunkEncoding = false,
        };
        request.StreamTransferProgress += (_, now) => sent.Tell(index, now.TransferredBytes);
        var tag = (await objects.Client.UploadPartAsync(request, cancellationToken).ConfigureAwait(false)).ETag;
        sent.Tell(index, part.Length);
        return new(index + 1, tag);
    }

    /// <summary>What can't be removed now, a rule of the bucket's for unfinished uploads removes.</summary>
    private async Task AbortAsync(string key, string upload)
    {
        try
        {
            var request = new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = key, UploadId = upload };
            await objects.Client.AbortMultipartUploadAsync(request, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (S3Objects.Explain(exception, CancellationToken.None) is not null)
        {
            // The first failure is the one to tell.
        }
    }

    private async Task<BlobChunk?> LookAsync(string key, CancellationToken cancellationToken)
    {
        var request = new GetObjectMetadataRequest { BucketName = options.Bucket, Key = key };
        var found = await objects.Client.GetObjectMetadataAsync(request, cancellationToken).ConfigureAwait(false);
        return new(default, InfoOf(found.Metadata, found.Headers.ContentType));
    }

    private async Task<BlobChunk?> ReadPartAsync(string key, long offset, int count, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = options.Bucket, Key = key, ByteRange = new ByteRange(offset, offset + count - 1) };
        using var found = await objects.Client.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
        var bytes = new byte[(int)Math.Min(count, found.ContentLength)];
        await found.ResponseStream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return new(bytes, InfoOf(found.Metadata, found.Headers.ContentType));
    }

    private static void Describe(MetadataCollection headers, BlobInfo info)
    {
        headers["name"] = Uri.EscapeDataString(info.FileName);
        headers["bytes"] = info.Bytes.ToString(CultureInfo.InvariantCulture);
        if (info is not { Width: { } width, Height: { } height }) return;
        headers["width"] = width.ToString(CultureInfo.InvariantCulture);
        headers["height"] = height.ToString(CultureInfo.InvariantCulture);
    }

    private static BlobInfo InfoOf(MetadataCollection headers, string type) => new(
        Uri.UnescapeDataString(headers["name"] ?? "file"),
        type,
        long.TryParse(headers["bytes"], CultureInfo.InvariantCulture, out var bytes) ? bytes : 0,
        int.TryParse(headers["width"], CultureInfo.InvariantCulture, out var width) ? width : null,
        int.TryParse(headers["height"], CultureInfo.InvariantCulture, out var height) ? height : null);

    private static async Task<T> GuardAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (Exception exception) when ((exception as WorkspaceStoreException ?? S3Objects.Explain(exception, cancellationToken)) is { } why)
        {
            throw why.Fault == WorkspaceFault.Unavailable
                ? new BlobStoreException("The store of published files can't be reached, or failed.", retryable: true, exception)
                : new BlobStoreException("The store of published files refuses us.", retryable: false, exception);
        }
    }

    private string KeyOf(string tenant, BlobId id) => $"{options.Prefix}{tenant}/{id.Session}/{id.Execution}/{id.Name}";

    private static WorkspaceStoreOptions ServerOf(BlobOptions blobs) => new()
    {
        Bucket = blobs.Bucket,
        Endpoint = blobs.Endpoint,
        Region = blobs.Region,
        AccessKey = blobs.AccessKey,
        SecretKey = blobs.SecretKey,
        PathStyle = blobs.PathStyle,
        RequestSeconds = blobs.RequestSeconds,
    };
}
