using Microsoft.ML.OnnxRuntime;

namespace FaceGrid.Vision.Execution;

/// <summary>Names and sizes of the one input and the one output of a model that takes crops.</summary>
/// <param name="InputName">Name of the input.</param>
/// <param name="OutputName">Name of the output.</param>
/// <param name="Input">Size of one crop, without the batch: 3, height, width.</param>
/// <param name="Output">Size of the output for one crop, without the batch.</param>
internal sealed record BatchShape(string InputName, string OutputName, long[] Input, long[] Output)
{
    /// <summary>Count of input numbers per crop.</summary>
    public int InputLength { get; } = (int)Product(Input);

    /// <summary>Count of output numbers per crop.</summary>
    public int OutputLength { get; } = (int)Product(Output);

    /// <summary>Reads the shape of an open model.</summary>
    /// <param name="session">The model.</param>
    /// <param name="input">Its input.</param>
    /// <param name="numbers">Count of output numbers per crop, from the profile.</param>
    public static BatchShape Of(InferenceSession session, CropInput input, int numbers)
    {
        (string outputName, NodeMetadata output) = session.OutputMetadata.First();
        long[] each = [.. output.Dimensions.Skip(1).Select(size => (long)size)];
        // A model may leave the size of its output open. Then the size is taken from the profile.
        bool isKnown = each.Length > 0 && Product(each) == numbers;
        return new(session.InputMetadata.Keys.First(), outputName, [3, input.Height, input.Width], isKnown ? each : [numbers]);
    }

    private static long Product(long[] sizes) => sizes.Aggregate(1L, static (product, size) => product * size);
}
