# The tools in a bare Debian 12: the first stage makes the Debian packages, the second installs them.
#   docker build -t ossicle . && docker run --rm -v "$PWD:/data" ossicle ossicle-predict words.model yes.wav
FROM debian:12 AS packages
COPY . /ossicle
WORKDIR /ossicle
RUN scripts/install_packages build deb
RUN cmake --preset release -DBUILD_TESTING=OFF -DOSSICLE_CUDA=OFF \
 && cmake --build --preset release \
 && cpack --preset release

FROM debian:12
COPY --from=packages /ossicle/build/packages/*.deb /packages/
RUN apt-get -qq update \
 && apt-get -qq -y --no-install-recommends install /packages/ossicle_*.deb \
 && rm -rf /packages /var/lib/apt/lists/*
WORKDIR /data
CMD ["ossicle-info", "--help"]
