using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FaceGrid.Client;
using FaceGrid.Models;

namespace FaceGrid.Evaluation.Calibrating;

/// <summary>Puts a calibration into the text of a profile and leaves every other byte of it alone.</summary>
internal static class ProfileText
{
    private static readonly JsonSerializerOptions Form = new(ClusterJson.Options)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The text of a profile that is built in and has no file.</summary>
    /// <param name="profile">The profile.</param>
    /// <returns>JSON that reads back as this profile.</returns>
    public static string Of(EmbedderProfile profile) => JsonSerializer.Serialize(profile, Form) + "\n";

    /// <summary>Writes the calibration into the text.</summary>
    /// <param name="text">A profile.</param>
    /// <param name="calibration">The calibration.</param>
    /// <returns>The profile with this calibration, in place of the one it had.</returns>
    public static string With(string text, Calibration calibration)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        (int from, int to) = Place(bytes);
        string before = Encoding.UTF8.GetString(bytes.AsSpan(0, from)).TrimEnd();
        string after = Encoding.UTF8.GetString(bytes.AsSpan(to));
        string comma = before.EndsWith('{') || before.EndsWith(',') ? "" : ",";
        return $"{before}{comma}\n  \"calibration\": {Write(calibration)}{(after.StartsWith(',') ? "" : "\n")}{after}";
    }

    /// <summary>Where the calibration is, or where it goes: before the last brace.</summary>
    private static (int From, int To) Place(byte[] bytes)
    {
        Utf8JsonReader reader = new(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip });
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("calibration"))
            {
                int from = (int)reader.TokenStartIndex;
                reader.Skip();
                int to = (int)reader.BytesConsumed;
                return (from, bytes.AsSpan(to).IndexOfAnyExcept(" \r\n\t"u8) is var space and > 0 ? to + space : to);
            }

            if (reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.EndObject)
            {
                return ((int)reader.TokenStartIndex, (int)reader.TokenStartIndex);
            }
        }

        throw new EvaluationException("The profile is not a JSON object.", "profile-invalid");
    }

    private static string Write(Calibration calibration)
    {
        ImpostorModel model = calibration.Impostor;
        StringBuilder text = new("{\n   ");
        text.Append(CultureInfo.InvariantCulture, $$""" "impostor": { "intercept": {{model.Intercept}}, "slope": {{model.Slope}},""");
        text.Append($$""" "rateMeasured": {{Plain(model.RateMeasured)}}, "rateMin": {{Plain(model.RateMin)}} },""");
        text.Append("\n    \"points\": [");
        foreach ((int index, CalibrationPoint point) in calibration.Points.Index())
        {
            text.Append(index == 0 ? "\n" : ",\n");
            text.Append(CultureInfo.InvariantCulture, $$"""      { "distance": {{point.Distance}},""");
            text.Append($$""" "falseMatchRate": {{Plain(point.FalseMatchRate)}},""");
            text.Append($$""" "falseNonMatchRate": {{Plain(point.FalseNonMatchRate)}} }""");
        }

        return text.Append("\n    ],\n    \"source\": ")
            .Append(JsonSerializer.Serialize(calibration.Source, ClusterJson.Options).Replace("\":", "\": ").Replace(",\"", ", \""))
            .Append("\n  }")
            .ToString();
    }

    private static string Plain(double value) => value.ToString("0.##################", CultureInfo.InvariantCulture);
}
