using System.Diagnostics;
using FaceGrid.Models;
using FaceGrid.Vision.Alignment;
using FaceGrid.Vision.Decoding;
using FaceGrid.Vision.Detection;
using FaceGrid.Vision.Embedding;
using FaceGrid.Vision.Observability;
using FaceGrid.Vision.Pad;
using FaceGrid.Vision.Quality;
using FaceGrid.Vision.Tracking;

namespace FaceGrid.Vision;

/// <summary>One picture on its way through the pipeline.</summary>
internal sealed class PictureWork(PictureTools tools, PictureRequest request, CancellationToken cancellationToken) : IDisposable
{
    /// <summary>
    /// Crops of one picture that wait for the embedder at a time. A picture of a crowd is embedded piece by piece, so that not all of its
    /// crops are in memory at once.
    /// </summary>
    private const int CropsAtOnceMin = 64;

    private readonly int _cropsAtOnce = Math.Max(CropsAtOnceMin, 2 * tools.Options.BatchSizeMax);
    private readonly LivenessMeter? _liveness = request.Liveness ? tools.Liveness : null;

    // The requested embedders. The crops of a face are in the same order.
    private readonly EmbedderLane[] _lanes =
    [
        .. new[] { request.Embed ? tools.Lane : null, request.EmbedNext ? tools.NextLane : null }.OfType<EmbedderLane>(),
    ];
    private readonly long _takenInAt = Stopwatch.GetTimestamp();

    // The current span does not flow to the worker threads, so the span of the caller is kept here.
    private readonly ActivityContext _callerSpan = Activity.Current?.Context ?? default;
    private DecodedPicture? _decoded;

    // Detected faces are in pixels of the picture in work. When that one was turned, this takes them back to the picture as it came.
    private QuarterTurn _turn;
    private DetectedFace[] _detected = [];
    private AnalysedFace[] _faces = [];
    private readonly List<(int Face, RgbImage[] Crops)> _crops = [];
    private int _next;
    private bool _announced;
    private bool[]? _chosen;
    private PictureTimes _times;

    /// <summary>Decodes the picture, detects its faces and aligns the first ones. It runs on a worker thread.</summary>
    public bool Begin(ReadOnlySpan<byte> picture)
    {
        foreach (EmbedderLane lane in _lanes)
        {
            lane.Batcher.Announce();
        }

        _announced = true;
        _times = _times with { Wait = Stopwatch.GetElapsedTime(_takenInAt) };
        VisionMetrics.QueueWait.Record(_times.Wait.TotalSeconds);
        _decoded = Decode(picture);
        cancellationToken.ThrowIfCancellationRequested();
        if (_decoded.Image is not { } image)
        {
            return false;
        }

        _detected = Detect(image);
        if (request.Frame is null && UprightSearch.Best(_detected) < tools.SureConfidence)
        {
            TurnUpright(image);
        }

        _faces = new AnalysedFace[_detected.Length];
        _chosen = request.Frame?.Choose(new FrameFaces(
            _decoded.Width,
            _decoded.Height,
            Array.ConvertAll(
                _detected,
                face => new DetectedFace(face.Box.Scaled(_decoded.Scale), face.Landmarks.Scaled(_decoded.Scale), face.Confidence)),
            new SceneSignature(image)));
        return AlignNext();
    }

    /// <summary>Embeds all faces, piece by piece.</summary>
    public async Task EmbedAsync()
    {
        while (true)
        {
            if (_next == _detected.Length)
            {
                // From here on only the pixels in the crops are needed.
                _decoded?.Dispose();
            }

            if (_crops.Count > 0)
            {
                using Activity? span = VisionMetrics.Spans.StartActivity(
                    "embed", ActivityKind.Internal, _callerSpan)?.SetTag("facegrid.faces", _crops.Count);
                bool announced = _announced;
                _announced = false;
                long start = Stopwatch.GetTimestamp();
                Task<float[][]>[] vectors =
                [
                    .. _lanes.Select(
                        (lane, index) =>
                            lane.Batcher.RunAsync(_crops.ConvertAll(crop => crop.Crops[index]), announced, cancellationToken)),
                ];
                Keep(await Task.WhenAll(vectors).ConfigureAwait(false));
                _times = _times with { Embed = _times.Embed + Stopwatch.GetElapsedTime(start) };
            }

            if (_next == _detected.Length)
            {
                return;
            }

            await tools.Threads.RunAsync(AlignNext, urgent: true, cancellationToken).ConfigureAwait(false);
        }
    }

    public PictureAnalysis Result() =>
        new(_decoded!.Status, _decoded.Detail, _decoded.Width, _decoded.Height, _faces) { Times = _times, Turned = _turn.Degrees };

    public void Dispose()
    {
        foreach (EmbedderLane lane in _announced ? _lanes : [])
        {
            lane.Batcher.Withdraw();
        }

        // Crops that a cancelled call leaves in a running batch are not returned to the pool, because the batch may still read them.
        _decoded?.Dispose();
    }

    private DecodedPicture Decode(ReadOnlySpan<byte> picture)
    {
        using Activity? span = VisionMetrics.Spans.StartActivity(
            "decode", ActivityKind.Internal, _callerSpan)?.SetTag("facegrid.bytes", picture.Length);
        long start = Stopwatch.GetTimestamp();
        DecodedPicture decoded = request.Frame is { LongSideMax: var longSide }
            ? tools.Decoder.Decode(picture, tools.Limits with { LongSideWanted = longSide }).NoLongerThan(longSide)
            : tools.Decoder.Decode(picture, tools.Limits);
        _times = _times with { Decode = Stopwatch.GetElapsedTime(start) };
        VisionMetrics.Decode.Record(_times.Decode.TotalSeconds);
        return decoded;
    }

    private DetectedFace[] Detect(RgbImage image)
    {
        using Activity? span = VisionMetrics.Spans.StartActivity("detect", ActivityKind.Internal, _callerSpan);
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<DetectedFace> found = tools.Detectors.Use(detector =>
            request.Frame is { } frame ? detector.DetectOnce(image, frame.FaceSizeMin / _decoded!.Scale) : detector.Detect(image));
        DetectedFace[] detected = [.. found
            .OrderByDescending(face => face.Box.Area).ThenBy(face => face.Box.Y).ThenBy(face => face.Box.X)
            .Take(tools.Options.FacesMax)];
        _times = _times with { Detect = _times.Detect + Stopwatch.GetElapsedTime(start) };
        VisionMetrics.Detect.Record(_times.Detect.TotalSeconds);
        span?.SetTag("facegrid.faces", detected.Length);
        return detected;
    }

    /// <summary>Goes on with the picture turned upright, when the detector is clearly surer of its faces then.</summary>
    private void TurnUpright(RgbImage image)
    {
        float before = UprightSearch.Best(_detected);
        long start = Stopwatch.GetTimestamp();
        int quarters = UprightSearch.Quarters(
            image, before, copy => tools.Detectors.Use(detector => detector.DetectOnce(copy, tools.Options.FaceSizeMinPixels)));
        _times = _times with { Detect = _times.Detect + Stopwatch.GetElapsedTime(start) };
        if (quarters == 0)
        {
            return;
        }

        RgbImage turned = QuarterTurn.Apply(image, quarters);
        DetectedFace[] detected = Detect(turned);
        if (UprightSearch.Best(detected) <= before)
        {
            turned.Dispose();
            return;
        }

        _turn = new QuarterTurn(quarters, image.Width, image.Height);
        _detected = detected;
        _decoded = _decoded! with { Image = turned };
        image.Dispose();
    }

    private bool AlignNext()
    {
        var image = _decoded!.Image!;
        int first = _next;
        long start = Stopwatch.GetTimestamp();
        using var forQuality = new RgbImage(FaceQualityMeter.CropSize, FaceQualityMeter.CropSize);
        while (_next < _detected.Length && _crops.Count < _cropsAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AlignOne(image, _next++, forQuality);
        }

        if (_liveness is not null)
        {
            MeasureLiveness(image, _liveness, first);
        }

        _times = _times with { Embed = _times.Embed + Stopwatch.GetElapsedTime(start) };
        return _crops.Count > 0;
    }

    private void AlignOne(RgbImage image, int index, RgbImage forQuality)
    {
        var face = _detected[index];
        var landmarks = face.Landmarks.Scaled(_decoded!.Scale);
        FaceBox box = _turn.Back(face.Box).Scaled(_decoded.Scale);
        FaceLandmarks asItCame = _turn.Back(face.Landmarks).Scaled(_decoded.Scale);
        if (_chosen is not null && !_chosen[index])
        {
            _faces[index] = new(
                box,
                asItCame,
                face.Confidence,
                FaceQualityMeter.Measure(null, landmarks, face.Confidence),
                null);
            return;
        }

        bool wanted = _lanes.Length > 0 && landmarks.SizePixels >= tools.Options.FaceSizeMinPixels;
        RgbImage?[] crops = wanted ? Array.ConvertAll(_lanes, lane => lane.Cut(image, face.Landmarks)) : [];
        RgbImage? measured = wanted && _lanes[0].CropServesQuality ? crops[0]
            : FaceAligner.Align(image, face.Landmarks, FaceAligner.ArcFaceTemplate, forQuality) ? forQuality : null;
        var quality = FaceQualityMeter.Measure(measured, landmarks, face.Confidence);
        _faces[index] = new(box, asItCame, face.Confidence, quality, null)
        {
            Crop = wanted && request.Crop ? AlignedCrop.Cut(image, face.Landmarks, tools.Encoder) : null,
        };
        if (wanted && Array.TrueForAll(crops, static crop => crop is not null))
        {
            _crops.Add((index, [.. crops.OfType<RgbImage>()]));
        }
        else
        {
            Array.ForEach(crops, crop => crop?.Dispose());
        }
    }

    private void MeasureLiveness(RgbImage image, LivenessMeter meter, int first)
    {
        int[] wanted =
        [
            .. Enumerable.Range(first, _next - first).Where(
                face => (_chosen?[face] ?? true) && _faces[face].Landmarks.SizePixels >= tools.Options.FaceSizeMinPixels),
        ];
        using Activity? span = VisionMetrics.Spans.StartActivity(
            "liveness", ActivityKind.Internal, _callerSpan)?.SetTag("facegrid.faces", wanted.Length);
        float[] live = meter.Measure(image, Array.ConvertAll(wanted, face => _detected[face].Box), cancellationToken);
        for (int index = 0; index < wanted.Length; index++)
        {
            _faces[wanted[index]] = _faces[wanted[index]] with { Live = live[index] };
        }
    }

    private void Keep(float[][][] vectors)
    {
        for (int index = 0; index < _crops.Count; index++)
        {
            var (face, crops) = _crops[index];
            _faces[face] = _faces[face] with
            {
                Embedding = request.Embed ? vectors[0][index] : null,
                NextEmbedding = _lanes.Length > (request.Embed ? 1 : 0) ? vectors[^1][index] : null,
            };
            Array.ForEach(crops, crop => crop.Dispose());
        }

        _crops.Clear();
    }
}
