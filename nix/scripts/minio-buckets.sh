# kss-minio-buckets ADDRESS WANTED: brings the buckets and accounts of the MinIO at ADDRESS to what the JSON file WANTED says.
#
# The root account comes in MINIO_ROOT_USER and MINIO_ROOT_PASSWORD. Secrets go through the environment and through pipes, never
# through arguments. Everything may be done again at any time.
address=$1 wanted=$2
case $address in :*) address=127.0.0.1$address ;; esac

# In the URL every byte of the credentials but letters and digits is escaped.
escape() { jq -Rrn --arg text "$1" '$text | @uri'; }
MC_HOST_kss="http://$(escape "$MINIO_ROOT_USER"):$(escape "$MINIO_ROOT_PASSWORD")@$address"
export MC_HOST_kss

for attempt in $(seq 60); do
  if mc ready kss >/dev/null 2>&1; then break; fi
  if [ "$attempt" = 60 ]; then
    echo "MinIO at $address does not answer" >&2
    exit 1
  fi
  sleep "${KSS_WAIT:-2}"
done

# field BUCKET NAME: a setting, empty when it is null.
field() { jq -r --arg bucket "$1" --arg name "$2" '.[$bucket][$name] // ""' "$wanted"; }

policy() {
  jq -n --arg bucket "$1" '{
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"], Resource: ["arn:aws:s3:::\($bucket)"] },
      { Effect: "Allow", Action: ["s3:*Object", "s3:*ObjectVersion", "s3:*ObjectTagging", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        Resource: ["arn:aws:s3:::\($bucket)/*"] }
    ]
  }'
}

while IFS= read -r bucket; do
  mc mb --quiet --ignore-existing "kss/$bucket"
  # Suspending is for buckets that were versioned once; others refuse nothing and stay as they are.
  if [ "$(field "$bucket" versioning)" = true ]; then mc version enable "kss/$bucket"; else mc version suspend "kss/$bucket"; fi

  # A rule of the last run goes before the one that is wanted comes: rules have no name to replace them by.
  mc ilm rule remove --all --force "kss/$bucket" >/dev/null 2>&1 || true
  days=$(field "$bucket" expireDays)
  if [ -n "$days" ]; then mc ilm rule add --expire-days "$days" "kss/$bucket"; fi

  quota=$(field "$bucket" quotaMiB)
  if [ -n "$quota" ]; then mc quota set "kss/$bucket" --size "${quota}MiB"; else mc quota clear "kss/$bucket"; fi

  user=$(field "$bucket" user)
  secret=$(field "$bucket" secretFile)
  printf '%s\n%s\n' "$user" "$(cat "$secret")" | mc admin user add kss >/dev/null
  policy "$bucket" >"$MC_CONFIG_DIR/policy.json"
  mc admin policy create kss "bucket-$bucket" "$MC_CONFIG_DIR/policy.json"
  # It says an error when the policy is attached already.
  if ! mc admin policy attach kss "bucket-$bucket" --user "$user" 2>"$MC_CONFIG_DIR/attach" &&
    ! mc admin user info kss "$user" --json | jq -e --arg policy "bucket-$bucket" '.policyName | split(",") | index($policy)' >/dev/null; then
    cat "$MC_CONFIG_DIR/attach" >&2
    exit 1
  fi
done < <(jq -r 'keys[]' "$wanted")
