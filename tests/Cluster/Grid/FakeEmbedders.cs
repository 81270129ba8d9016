using System.Text;
using FaceGrid.Abstractions.Embedding;
using FaceGrid.Abstractions.Errors;
using FaceGrid.Abstractions.Galleries;
using FaceGrid.Abstractions.People;
using FaceGrid.Abstractions.Policies;

namespace FaceGrid.Tests.Grid;

/// <summary>
/// Embedders without models, in place of the calls to real ones: a cut-out is the name of a face, and each contract has a random
/// direction for each name. The first embedder makes <see cref="GridCluster.Dimension"/> numbers, the second what the test says.
/// </summary>
internal sealed class FakeEmbedders(int otherDimension) : IOutgoingGrainCallFilter
{
    /// <summary>The contract of the node's own embedder.</summary>
    public static readonly Contract Old = new("old-model@0123456789abcdef", GridCluster.Dimension);

    /// <summary>The contract of the second one.</summary>
    public Contract New { get; } = new("new-model@fedcba9876543210", otherDimension);

    /// <summary>False to run only the first one.</summary>
    public bool HoldsNew { get; set; } = true;

    /// <summary>The fixed distances of the profiles.</summary>
    public static readonly Threshold Threshold = new(0.5f, "profile", 1e-4);

    /// <summary>What the calibration of the second one says.</summary>
    public ErrorModel? Errors { get; set; }

    /// <summary>Called with each face before its vector is made.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Faces embedded from cut-outs.</summary>
    public int Made => _made;

    private int _made;

    /// <summary>The vector of a face.</summary>
    public static float[] VectorOf(Contract contract, string face)
    {
        float[] vector = new float[contract.Dimension];
        var random = new Random(
            BitConverter.ToInt32(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{contract.Id}/{face}"))));
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] = (float)(random.NextDouble() - 0.5);
        }

        return Vectors.ToUnit(Vectors.ToBytes(vector), contract.Dimension);
    }

    /// <summary>A face as a gateway would enrol it.</summary>
    public NewFace Face(string name, bool old = true, bool both = false, bool crop = false)
    {
        Contract main = old ? Old : New, other = old ? New : Old;
        return new NewFace(GridCluster.Face(VectorOf(Old, name)).Id, Vectors.ToBytes(VectorOf(main, name)), main.Id, null)
        {
            OtherVector = both ? Vectors.ToBytes(VectorOf(other, name)) : null,
            OtherContract = both ? other.Id : null,
            Crop = crop ? new FaceCrop(Encoding.UTF8.GetBytes("crop-of:" + name), new float[10]) : null,
        };
    }

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.InterfaceMethod.DeclaringType != typeof(IEmbedderGrain))
        {
            await context.Invoke();
        }
        else if (context.MethodName == nameof(IEmbedderGrain.DescribeAsync))
        {
            context.Result = new EmbedderInfo("old-model", "fake", "cpu", Old, 0, Threshold, Threshold)
            {
                Next = HoldsNew ? new EmbedderInfo("new-model", "fake", "cpu", New, 0, Threshold, Threshold, Errors) : null,
            };
        }
        else if (context.Request.GetArgument(1) is string contract && contract == New.Id && HoldsNew)
        {
            var vectors = new List<byte[]?>();
            foreach (FaceCrop crop in (FaceCrop[])context.Request.GetArgument(0)!)
            {
                string name = Encoding.UTF8.GetString(crop.Picture)["crop-of:".Length..];
                await Before(name);
                Interlocked.Increment(ref _made);
                vectors.Add(name.StartsWith("broken", StringComparison.Ordinal) ? null : Vectors.ToBytes(VectorOf(New, name)));
            }

            context.Result = vectors.ToArray();
        }
        else
        {
            throw new FaceGridException(ErrorCodes.ModelUnavailable, "Not here.");
        }
    }
}
