using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tests.Shared;

/// <summary>
/// The part of S3 that is used, on this machine, strict where a real server may be lenient: each signature is computed anew, bodies are compared with the hash that was
/// signed, and what is not expected is refused and remembered.
/// </summary>
internal sealed class ObjectServer : IAsyncDisposable
{
    public const string Bucket = "files", AccessKey = "test-access-key", SecretKey = "test-secret-key", Region = "us-east-1";
    private const int PageSize = 3; // a server may list fewer than it was asked for

    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, (byte[] Bytes, string Tag)> objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> headers = new(StringComparer.Ordinal);
    private readonly ObjectUploads uploads = new();

    private ObjectServer(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>Whatever a request had that it should not have.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>What was asked for: method and key, or prefix.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Whether a request, by method and key, is not answered; null: all are.</summary>
    public Func<string, string, Refusal>? Refuses { get; set; }

    /// <summary>So fast it takes bodies, as a network would let it; 0: as they come.</summary>
    public int BytesPerSecond { get; set; }

    public enum Refusal
    {
        None,

        /// <summary>The connection ends, nothing is done.</summary>
        Cut,

        /// <summary>It is done, and then the connection ends.</summary>
        CutAfter,

        /// <summary>503.</summary>
        Busy,
    }

    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (gate) return [.. objects.Keys];
        }
    }

    /// <summary>Uploads in parts that are neither complete nor given up.</summary>
    public int OpenUploads => uploads.Count;

    /// <summary>How silos and tests are told of it.</summary>
    public string[] Settings =>
    [
        "--ToolRuntime:Workspaces:Store:Bucket", Bucket, "--ToolRuntime:Workspaces:Store:Endpoint", Address.AbsoluteUri,
        "--ToolRuntime:Workspaces:Store:AccessKey", AccessKey, "--ToolRuntime:Workspaces:Store:SecretKey", SecretKey,
    ];

    public static async Task<ObjectServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(server => server.Limits.MaxRequestBodySize = null)
            .UseSockets(sockets => sockets.CreateBoundListenSocket = Listen);
        var server = new ObjectServer(builder.Build());
        server.app.Run(server.AnswerAsync);
        await server.app.StartAsync();
        server.Address = new(server.app.Urls.Single());
        return server;
    }

    public byte[] Read(string key)
    {
        lock (gate) return objects[key].Bytes;
    }

    public void Write(string key, byte[] bytes)
    {
        lock (gate) objects[key] = (bytes, Tag(bytes));
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    /// <summary>A sender is told what has arrived, not what the kernel keeps for us.</summary>
    private static Socket Listen(EndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 128 * 1024 };
        socket.Bind(endpoint);
        return socket;
    }

    private static string Tag(byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}-{Guid.NewGuid():N}\"";

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await ReadAsync(context.Request.Body, body);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2);
        var path = Uri.UnescapeDataString(target[0]);
        var key = path.Length > Bucket.Length + 2 ? path[(Bucket.Length + 2)..] : "";
        var subject = key.Length > 0 ? key : context.Request.Query["prefix"].ToString();
        Requests.Enqueue($"{context.Request.Method} {subject}");
        if (Check(context.Request, target, body.ToArray()) is { } fault)
        {
            Faults.Enqueue($"{context.Request.Method} {path}: {fault}");
            await ErrorAsync(context, HttpStatusCode.Forbidden, "SignatureDoesNotMatch");
            return;
        }

        var refusal = Refuses?.Invoke(context.Request.Method, subject) ?? Refusal.None;
        if (refusal == Refusal.Cut) context.Abort();
        else if (refusal == Refusal.Busy) await ErrorAsync(context, HttpStatusCode.ServiceUnavailable, "SlowDown");
        else if (path.Split('/')[1] != Bucket) await ErrorAsync(context, HttpStatusCode.NotFound, "NoSuchBucket");
        else await DoAsync(context, key, body.ToArray(), silently: refusal == Refusal.CutAfter);
    }

    private async Task ReadAsync(Stream from, MemoryStream to)
    {
        if (BytesPerSecond == 0)
        {
            await from.CopyToAsync(to);
            return;
        }

        var (began, piece) = (Stopwatch.GetTimestamp(), new byte[16 * 1024]);
        while (await from.ReadAsync(piece) is > 0 and var length)
        {
            to.Write(piece, 0, length);
            var ahead = TimeSpan.FromSeconds((double)to.Length / BytesPerSecond) - Stopwatch.GetElapsedTime(began);
            if (ahead > TimeSpan.FromMilliseconds(2)) await Task.Delay(ahead);
        }
    }

    private async Task DoAsync(HttpContext context, string key, byte[] body, bool silently)
    {
        var (status, error, content, tag) = (HttpStatusCode.OK, (string?)null, Array.Empty<byte>(), (string?)null);
        lock (gate)
        {
            var found = objects.TryGetValue(key, out var known);
            switch (context.Request.Method)
            {
                case "GET" when key.Length == 0:
                    content = List(context.Request.Query);
                    break;
                case "GET" or "HEAD" when found:
                    (content, tag) = known;
                    (status, content) = Part(context, content);
                    if (status == HttpStatusCode.RequestedRangeNotSatisfiable) error = "InvalidRange";
                    foreach (var (name, value) in headers.GetValueOrDefault(key, [])) context.Response.Headers[name] = value;
                    break;
                case "GET" or "HEAD":
                    (status, error) = (HttpStatusCode.NotFound, "NoSuchKey");
                    break;
                case "POST" when context.Request.Query.ContainsKey("uploads"):
                    content = uploads.Begin(Bucket, key, Kept(context.Request));
                    break;
                case "PUT" when context.Request.Query["uploadId"] is [{ } upload]:
                    tag = Tag(body);
                    if (!uploads.Add(upload, context.Request.Query["partNumber"].ToString(), body, tag)) (status, error) = (HttpStatusCode.NotFound, "NoSuchUpload");
                    break;
                case "DELETE" when context.Request.Query["uploadId"] is [{ } upload]:
                    uploads.Remove(upload);
                    status = HttpStatusCode.NoContent;
                    break;
                case "POST" when context.Request.Query["uploadId"] is [{ } upload]:
                    if (uploads.End(upload, body) is { } whole)
                    {
                        objects[key] = (whole.Bytes, Tag(whole.Bytes));
                        headers[key] = whole.Headers;
                        content = ObjectUploads.Ended(Bucket, key, objects[key].Tag);
                    }
                    else
                    {
                        (status, error) = (HttpStatusCode.BadRequest, "InvalidPart");
                    }

                    break;
                case "PUT" when context.Request.Headers.IfMatch.Count > 0 && !found:
                    (status, error) = (HttpStatusCode.NotFound, "NoSuchKey");
                    break;
                case "PUT" when (context.Request.Headers.IfMatch is [{ } match] && match != known.Tag) || (context.Request.Headers.IfNoneMatch is ["*"] && found):
                    (status, error) = (HttpStatusCode.PreconditionFailed, "PreconditionFailed");
                    break;
                case "PUT":
                    tag = Tag(body);
                    objects[key] = (body, tag);
                    headers[key] = Kept(context.Request);
                    break;
                case "DELETE":
                    objects.Remove(key);
                    status = HttpStatusCode.NoContent;
                    break;
                default:
                    (status, error) = (HttpStatusCode.NotImplemented, "NotImplemented");
                    break;
            }
        }

        if (silently)
        {
            context.Abort();
            return;
        }

        if (error is not null)
        {
            await ErrorAsync(context, status, error);
            return;
        }

        context.Response.StatusCode = (int)status;
        if (tag is not null) context.Response.Headers.ETag = tag;
        if (status == HttpStatusCode.NoContent) return;
        context.Response.ContentLength = content.Length;
        if (context.Request.Method != "HEAD") await context.Response.Body.WriteAsync(content);
    }

    /// <summary>Headers that an object keeps.</summary>
    private static Dictionary<string, string> Kept(HttpRequest request) => request.Headers
        .Where(header => header.Key.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase) || header.Key == "Content-Type")
        .ToDictionary(header => header.Key, header => header.Value.ToString());

    /// <summary>The range that is asked for, or all.</summary>
    private static (HttpStatusCode Status, byte[] Content) Part(HttpContext context, byte[] whole)
    {
        if (context.Request.GetTypedHeaders().Range?.Ranges.Single() is not { From: { } from } range) return (HttpStatusCode.OK, whole);
        if (from >= whole.Length) return (HttpStatusCode.RequestedRangeNotSatisfiable, []);
        var to = Math.Min(range.To ?? long.MaxValue, whole.Length - 1);
        context.Response.GetTypedHeaders().ContentRange = new(from, to, whole.Length);
        return (HttpStatusCode.PartialContent, whole[(int)from..(int)(to + 1)]);
    }

    private byte[] List(IQueryCollection query)
    {
        var (prefix, after) = (query["prefix"].ToString(), query["continuation-token"].ToString());
        var keys = objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, after) > 0).ToList();
        XNamespace s3 = "http://s3.amazonaws.com/doc/2006-03-01/";
        var page = new XElement(s3 + "ListBucketResult", new XElement(s3 + "Name", Bucket), new XElement(s3 + "IsTruncated", keys.Count > PageSize ? "true" : "false"));
        if (keys.Count > PageSize) page.Add(new XElement(s3 + "NextContinuationToken", keys[PageSize - 1]));
        foreach (var key in keys.Take(PageSize)) page.Add(new XElement(s3 + "Contents", new XElement(s3 + "Key", key), new XElement(s3 + "Size", objects[key].Bytes.Length)));
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    private static async Task ErrorAsync(HttpContext context, HttpStatusCode status, string code)
    {
        context.Response.StatusCode = (int)status;
        await context.Response.WriteAsync(new XElement("Error", new XElement("Code", code), new XElement("Message", "It is so.")).ToString());
    }

    /// <summary>What is wrong with a request, by version 4 of Amazon's signatures.</summary>
    private static string? Check(HttpRequest request, string[] target, byte[] body)
    {
        var authorization = request.Headers.Authorization.ToString();
        var parts = authorization.Split(' ', 2) is ["AWS4-HMAC-SHA256", var rest] ? rest.Split(", ").Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]) : [];
        if (!parts.TryGetValue("Credential", out var credential) || !parts.TryGetValue("SignedHeaders", out var names) || !parts.TryGetValue("Signature", out var signature)) return "it is not signed";
        var date = request.Headers["x-amz-date"].ToString();
        if (credential != $"{AccessKey}/{date[..8]}/{Region}/s3/aws4_request") return $"signed by {credential}";
        var signed = names.Split(';');
        if (!((string[])["host", "x-amz-content-sha256", "x-amz-date"]).All(signed.Contains)) return $"only {names} are signed";
        if (request.Headers.Keys.FirstOrDefault(name => name.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase) && !signed.Contains(name.ToLowerInvariant())) is { } loose) return $"{loose} is not signed";
        var hash = request.Headers["x-amz-content-sha256"].ToString();
        if (hash != Convert.ToHexStringLower(SHA256.HashData(body))) return $"the body is not what {hash} says";
        if (request.Headers.Keys.FirstOrDefault(name => name.Contains("checksum", StringComparison.OrdinalIgnoreCase)) is { } checksum) return $"{checksum} is not known to older servers";
        var query = target.Length < 2 ? "" : string.Join('&', target[1].Split('&').Select(one => one.Contains('=', StringComparison.Ordinal) ? one : one + "=").Order(StringComparer.Ordinal));
        if (request.Query.Keys.Except(["list-type", "prefix", "continuation-token", "x-id", "uploads", "uploadId", "partNumber"]).FirstOrDefault() is { } odd) return $"what is {odd}?";
        var headers = string.Concat(signed.Select(name => $"{name}:{request.Headers[name].ToString().Trim()}\n"));
        var canonical = $"{request.Method}\n{target[0]}\n{query}\n{headers}\n{names}\n{hash}";
        var scope = credential[(AccessKey.Length + 1)..];
        var toSign = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var secret = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + SecretKey), (by, word) => HMACSHA256.HashData(by, Encoding.UTF8.GetBytes(word)));
        return signature == Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(toSign))) ? null : string.Create(CultureInfo.InvariantCulture, $"the signature is not that of {canonical}");
    }
}
