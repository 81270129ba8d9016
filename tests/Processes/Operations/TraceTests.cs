using System.Collections.Concurrent;
using System.Net;
using System.Text;
using FaceGrid.Tests.Support;
using Shouldly;
using Xunit;

namespace FaceGrid.Tests.Operations;

/// <summary>Goal: a request can be followed through the grid, and its trace says nothing of who it was about. Method: a real node that exports by OTLP over HTTP to this test.</summary>
public sealed class TraceTests
{
    private const string Person = "somebody-with-a-telling-id";
    private const string Name = "A telling name";
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task A_request_is_one_trace_from_the_picture_to_the_scan_without_ids_or_names()
    {
        using var directory = new TemporaryDirectory();
        await using var collector = new Collector();
        await using NodeProcess node = await NodeProcess.StartAsync(
            directory.Path, ("FACEGRID_MODELS", TestData.Models), ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "200"));
        byte[] picture = Portraits.Read("Aaron_Peirsol_0001.jpg");
        (await Portraits.PostAsync(node, $"/v1/galleries/default/people/{Person}/faces", picture)).Status.ShouldBe(201);
        await node.SendAsync(HttpMethod.Put, $"/v1/galleries/default/people/{Person}", new { name = Name });
        await node.SendAsync(HttpMethod.Get, $"/v1/galleries/default/people?name={Uri.EscapeDataString(Name)}");
        await node.SendAsync(HttpMethod.Post, $"/v1/galleries/default/people/nobody-{Person}/verify", new { embedding = new[] { 1f } });
        (await Portraits.PostAsync(node, "/v1/galleries/default/identify", picture, $"00-{TraceId}-b7ad6b7169203331-01")).Status.ShouldBe(200);

        string[] steps =
        [
            "POST /v1/galleries/{gallery}/identify", "IEmbedderGrain/AnalyseAsync", "decode", "detect", "embed", "IIdentifyGrain/IdentifyAsync", "scatter", "IShardGrain/SearchAsync", "scan",
        ];
        await collector.UntilAsync(() => steps.All(collector.NamesOf(TraceId).Contains));

        steps.Except(collector.NamesOf(TraceId), StringComparer.Ordinal).ShouldBeEmpty();
        collector.Roots.ShouldAllBe(name => name.Contains(" /", StringComparison.Ordinal), "traces begin at requests");
        foreach (string body in collector.Bodies.Select(Encoding.Latin1.GetString))
        {
            body.ShouldNotContain(Person);
            body.ShouldNotContain(Name);
            body.ShouldNotContain("telling");
        }
    }

    [Fact]
    public async Task An_endpoint_that_is_no_address_is_refused()
    {
        using var directory = new TemporaryDirectory();
        (int exit, string said) = await NodeProcess.StartRefusedAsync(
            directory.Path, ("FaceGrid__Roles__0", "people"), ("FaceGrid__Roles__1", "shards"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"));
        exit.ShouldBe(2, said);
        said.ShouldContain("OTEL_EXPORTER_OTLP_ENDPOINT");
    }

    /// <summary>Takes OTLP requests and reads the few fields of a span that the tests look at.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly ConcurrentQueue<(string Trace, bool IsRoot, string Name)> _spans = new();
        private readonly Task _serving;

        public Collector()
        {
            Address = $"http://127.0.0.1:{NodeProcess.FreePort()}";
            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Address { get; }

        public ConcurrentQueue<byte[]> Bodies { get; } = new();

        public IEnumerable<string> Roots => _spans.Where(span => span.IsRoot).Select(span => span.Name);

        public HashSet<string> NamesOf(string trace) => [.. _spans.Where(span => span.Trace == trace).Select(span => span.Name)];

        public async Task UntilAsync(Func<bool> isEnough)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (!isEnough() && !limit.IsCancellationRequested)
            {
                await Task.Delay(50);
            }
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
            _listener.Close();
        }

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    HttpListenerContext context = await _listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    Bodies.Enqueue(body.ToArray());
                    Read(body.ToArray());
                    context.Response.Close();
                }
                catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        // ExportTraceServiceRequest: resource_spans = 1; ResourceSpans: scope_spans = 2; ScopeSpans: spans = 2; Span: trace_id = 1, parent_span_id = 4, name = 5.
        // https://github.com/open-telemetry/opentelemetry-proto/blob/v1.3.2/opentelemetry/proto/trace/v1/trace.proto
        private void Read(byte[] request)
        {
            foreach (ReadOnlyMemory<byte> span in Fields(request, 1).SelectMany(resource => Fields(resource, 2)).SelectMany(scope => Fields(scope, 2)))
            {
                _spans.Enqueue((
                    Convert.ToHexStringLower(Fields(span, 1).First().Span), Fields(span, 4).All(parent => parent.IsEmpty), Encoding.UTF8.GetString(Fields(span, 5).First().Span)));
            }
        }

        /// <summary>The fields of a protobuf message with a number and a length.</summary>
        private static List<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int number)
        {
            var found = new List<ReadOnlyMemory<byte>>();
            int at = 0;
            while (at < message.Length)
            {
                ulong tag = Varint(message.Span, ref at);
                int length = (tag & 7) switch
                {
                    0 => SkipVarint(message.Span, at),
                    1 => 8,
                    2 => (int)Varint(message.Span, ref at),
                    5 => 4,
                    _ => throw new InvalidDataException($"Wire type {tag & 7}."),
                };
                if ((tag & 7) == 2 && (int)(tag >> 3) == number)
                {
                    found.Add(message.Slice(at, length));
                }

                at += length;
            }

            return found;
        }

        private static int SkipVarint(ReadOnlySpan<byte> bytes, int at)
        {
            int end = at;
            Varint(bytes, ref end);
            return end - at;
        }

        private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte next = bytes[at++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
