using System.Diagnostics;

namespace FaceGrid.Vision;

public sealed partial class FacePipeline
{
    /// <summary>One picture on its way through the pipeline.</summary>
    private sealed class PictureWork(FacePipeline pipeline, PictureWishes wishes, CancellationToken cancellationToken) : IDisposable
    {
        private readonly int _cropsAtOnce = Math.Max(CropsAtOnceMin, 2 * pipeline._options.BatchSizeMax);
        private readonly long _takenInAt = Stopwatch.GetTimestamp();
        private readonly LivenessMeter? _liveness = wishes.Liveness ? pipeline.Liveness : null;

        // The worker threads do not know whose picture they have, so the span that asked is handed to them.
        private readonly ActivityContext _asked = Activity.Current?.Context ?? default;
        private DecodedPicture? _decoded;
        private DetectedFace[] _detected = [];
        private AnalysedFace[] _faces = [];
        private List<(int Face, RgbImage Crop)> _crops = [];
        private int _next;
        private bool _announced;
        private bool[]? _chosen;
        private PictureTimes _times;

        /// <summary>Decodes, detects, and aligns the first faces. Runs on a worker thread.</summary>
        public bool Begin(ReadOnlySpan<byte> picture)
        {
            if (wishes.Embed)
            {
                pipeline._batcher.Announce();
                _announced = true;
            }

            _times = _times with { Wait = Stopwatch.GetElapsedTime(_takenInAt) };
            VisionMetrics.QueueWait.Record(_times.Wait.TotalSeconds);
            _decoded = Decode(picture);
            cancellationToken.ThrowIfCancellationRequested();
            if (_decoded.Image is not { } image)
            {
                return false;
            }

            _detected = Detect(image);
            _faces = new AnalysedFace[_detected.Length];
            _chosen = wishes.Frame?.Choose(new FrameFaces(
                _decoded.Width,
                _decoded.Height,
                Array.ConvertAll(_detected, face => new DetectedFace(face.Box.Scaled(_decoded.Scale), face.Landmarks.Scaled(_decoded.Scale), face.Confidence)),
                new Glance(image)));
            return AlignNext();
        }

        /// <summary>Embeds all faces, piece by piece.</summary>
        public async Task EmbedAsync()
        {
            while (true)
            {
                if (_next == _detected.Length)
                {
                    // All pixels that are still needed are in the crops.
                    _decoded?.Dispose();
                }

                if (_crops.Count > 0)
                {
                    bool announced = _announced;
                    _announced = false;
                    using Activity? span = VisionMetrics.Spans.StartActivity("embed", ActivityKind.Internal, _asked)?.SetTag("facegrid.faces", _crops.Count);
                    long start = Stopwatch.GetTimestamp();
                    var vectors = await pipeline._batcher.RunAsync(_crops.ConvertAll(crop => crop.Crop), announced, cancellationToken).ConfigureAwait(false);
                    Keep(vectors);
                    _times = _times with { Embed = _times.Embed + Stopwatch.GetElapsedTime(start) };
                }

                if (_next == _detected.Length)
                {
                    return;
                }

                await pipeline._threads.RunAsync(AlignNext, urgent: true, cancellationToken).ConfigureAwait(false);
            }
        }

        public PictureAnalysis Result() => new(_decoded!.Status, _decoded.Detail, _decoded.Width, _decoded.Height, _faces) { Times = _times };

        public void Dispose()
        {
            if (_announced)
            {
                pipeline._batcher.Withdraw();
            }

            // Crops that a cancelled call leaves in a running batch are not given back to the pool: the batch may still read them.
            _decoded?.Dispose();
        }

        private DecodedPicture Decode(ReadOnlySpan<byte> picture)
        {
            using Activity? span = VisionMetrics.Spans.StartActivity("decode", ActivityKind.Internal, _asked)?.SetTag("facegrid.bytes", picture.Length);
            long start = Stopwatch.GetTimestamp();
            DecodedPicture decoded = wishes.Frame is { LongSideMax: var longSide }
                ? pipeline._decoder.Decode(picture, pipeline._limits with { LongSideWanted = longSide }).NoLongerThan(longSide)
                : pipeline._decoder.Decode(picture, pipeline._limits);
            _times = _times with { Decode = Stopwatch.GetElapsedTime(start) };
            VisionMetrics.Decode.Record(_times.Decode.TotalSeconds);
            return decoded;
        }

        private DetectedFace[] Detect(RgbImage image)
        {
            using Activity? span = VisionMetrics.Spans.StartActivity("detect", ActivityKind.Internal, _asked);
            long start = Stopwatch.GetTimestamp();
            IReadOnlyList<DetectedFace> found = wishes.Frame is { } frame ? pipeline._detector.DetectOnce(image, frame.FaceSizeMin / _decoded!.Scale) : pipeline._detector.Detect(image);
            DetectedFace[] detected = [.. found
                .OrderByDescending(face => face.Box.Area).ThenBy(face => face.Box.Y).ThenBy(face => face.Box.X)
                .Take(pipeline._options.FacesMax)];
            _times = _times with { Detect = Stopwatch.GetElapsedTime(start) };
            VisionMetrics.Detect.Record(_times.Detect.TotalSeconds);
            span?.SetTag("facegrid.faces", detected.Length);
            return detected;
        }

        private bool AlignNext()
        {
            var image = _decoded!.Image!;
            int first = _next;
            long start = Stopwatch.GetTimestamp();
            using var forQuality = pipeline._cropServesQuality ? null : new RgbImage(FaceQualityMeter.CropSize, FaceQualityMeter.CropSize);
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

        private void AlignOne(RgbImage image, int index, RgbImage? forQuality)
        {
            var face = _detected[index];
            var landmarks = face.Landmarks.Scaled(_decoded!.Scale);
            if (_chosen is not null && !_chosen[index])
            {
                _faces[index] = new(face.Box.Scaled(_decoded.Scale), landmarks, face.Confidence, FaceQualityMeter.Measure(null, landmarks, face.Confidence), null);
                return;
            }

            bool wanted = wishes.Embed && landmarks.SizePixels >= pipeline._options.FaceSizeMinPixels;
            var crop = wanted || forQuality is null ? new RgbImage(pipeline.Embedder.InputWidth, pipeline.Embedder.InputHeight) : null;
            bool aligned = crop is null || FaceAligner.Align(image, face.Landmarks, pipeline._template, crop);
            if (forQuality is not null)
            {
                aligned &= FaceAligner.Align(image, face.Landmarks, FaceAligner.ArcFaceTemplate, forQuality);
            }

            var quality = FaceQualityMeter.Measure(aligned ? forQuality ?? crop : null, landmarks, face.Confidence);
            _faces[index] = new(face.Box.Scaled(_decoded.Scale), landmarks, face.Confidence, quality, null);
            if (aligned && wanted)
            {
                _crops.Add((index, crop!));
            }
            else
            {
                crop?.Dispose();
            }
        }

        private void MeasureLiveness(RgbImage image, LivenessMeter meter, int first)
        {
            int[] wanted = [.. Enumerable.Range(first, _next - first).Where(face => (_chosen?[face] ?? true) && _faces[face].Landmarks.SizePixels >= pipeline._options.FaceSizeMinPixels)];
            using Activity? span = VisionMetrics.Spans.StartActivity("liveness", ActivityKind.Internal, _asked)?.SetTag("facegrid.faces", wanted.Length);
            float[] live = meter.Measure(image, Array.ConvertAll(wanted, face => _detected[face].Box), cancellationToken);
            for (int index = 0; index < wanted.Length; index++)
            {
                _faces[wanted[index]] = _faces[wanted[index]] with { Live = live[index] };
            }
        }

        private void Keep(float[][] vectors)
        {
            for (int index = 0; index < vectors.Length; index++)
            {
                var (face, crop) = _crops[index];
                _faces[face] = _faces[face] with { Embedding = vectors[index] };
                crop.Dispose();
            }

            _crops.Clear();
        }
    }
}
